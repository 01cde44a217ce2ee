"""Where each of the 28 ground-truth checks of the specification is tested, by its number.

The numbers are those of the checks against which signal, thresholds, artefacts, files, safety and scales are held.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

CHECKS: dict[int, tuple[str, ...]] = {
    1: ("dsp/test_spectrum.py::test_check_1_a_sine_of_10_uv_has_50_uv2",),
    2: (
        "dsp/test_estimators.py::test_2_sines_in_the_inner_band_read_their_amplitude",
        "dsp/test_estimators.py::test_2_shipped_bands_read_sines_and_no_mains",
        "dsp/test_estimators.py::test_2_equal_weights_have_the_gain_of_the_ideal_band_cut_off",
        "dsp/test_estimators.py::test_2_the_guard_against_drowsiness_reads_sines",
        "dsp/test_estimators.py::test_2_a_spectrum_of_whatever_slope_or_peak_leaves_the_gain_even",
        "dsp/test_estimators.py::test_2_demodulation_reads_the_middle_of_the_band_within_3_percent",
        "dsp/test_estimators.py::test_2_mains_gain_is_below_a_hundredth",
    ),
    3: (
        "dsp/test_spectrum.py::test_check_3_the_sum_over_one_window_is_its_weighted_mean_square",
        "dsp/test_spectrum.py::test_check_3_the_sum_over_one_window_of_whole_waves_is_their_variance",
        "dsp/test_spectrum.py::test_check_3_the_sum_over_the_spectrum_is_the_variance_of_white_noise",
    ),
    4: (
        "dsp/test_estimators.py::test_4_a_modulated_tone_comes_as_late_as_declared",
        "dsp/test_estimators.py::test_4_what_is_declared_for_alpha_is_what_was_measured_for_these_estimators",
    ),
    5: (
        "dsp/test_estimators.py::test_5_samples_of_the_future_change_nothing",
        "session/test_chunking.py::test_any_chunking_gives_the_same_hops_and_events",
    ),
    6: ("dsp/test_estimators.py::test_6_alpha_of_20_microvolt_hardly_shows_as_smr",),
    7: (
        "dsp/test_alpha_peak.py::test_check_7_bursts_over_1_over_f_are_found_to_a_few_hundredths_of_a_hertz",
        "dsp/test_alpha_peak.py::test_check_7_a_pure_tone_is_found_to_a_hundredth_of_a_hertz",
        "dsp/test_alpha_peak.py::test_check_7_noise_without_a_rhythm_has_no_peak",
    ),
    8: ("dsp/test_spectrum.py::test_check_8_the_exponent_of_coloured_noise_is_found",),
    9: (
        "session/test_rates.py::test_a_frozen_percentile_realises_its_target_within_5_points_in_95_percent_of_seeds",
        "session/test_rates.py::test_a_whole_session_realises_its_target_within_5_points",
    ),
    10: (
        "session/test_rates.py::test_the_long_run_rate_is_the_target_within_1_point_and_each_minute_within_4",
        "session/test_auto_thresholds.py::test_nothing_moves_while_the_session_is_held",
    ),
    11: (
        "session/test_rates.py::test_a_trained_rhythm_that_grows_raises_the_rate_under_a_frozen_threshold",
        "session/test_rates.py::test_a_whole_session_shows_the_growth",
        "session/test_rates.py::test_an_automatic_threshold_hides_a_rhythm_that_grows",
        "report/test_metrics.py::test_success_follows_the_normal_distribution_when_the_level_rises",
        "report/test_metrics.py::test_who_changes_within_and_across_sessions_is_a_learner",
    ),
    12: (
        "session/test_artefacts.py::test_scripted_artefacts_earn_nothing_and_move_nothing",
        "session/test_shelf.py::test_scripted_artefacts_earn_nothing",
    ),
    13: ("session/test_artefacts.py::test_scripted_artefacts_earn_nothing_and_move_nothing",),
    14: (
        "session/test_artefacts.py::test_lost_samples_earn_nothing_while_the_filters_start_anew",
        "engine/test_live_is_replay.py::test_gaps_stalls_and_a_lost_link_replay_and_the_session_goes_on",
        "engine/test_rate_watch.py::test_a_rate_within_2_percent_is_not",
        "files/exporters/test_edf_clauses.py::test_every_sample_keeps_its_time_whatever_the_gaps",
    ),
    15: (
        "session/test_features.py::test_doubled_power_on_the_right_moves_the_asymmetry_by_ln_2",
        "session/test_features.py::test_the_asymmetry_does_not_see_a_reference_that_both_sides_share",
    ),
    16: (
        "session/test_reward.py::test_a_reward_comes_with_the_hop_that_completes_the_dwell",
        "session/test_reward.py::test_constant_success_is_rewarded_every_refractory_time_plus_dwell",
    ),
    17: (
        "engine/test_live_is_replay.py::test_any_chunking_and_the_engine_itself_at_full_speed_give_the_recorded_table",
    ),
    19: ("ui/test_feedback_safety.py::test_no_drive_makes_a_mode_flash_redden_or_jump",),
    20: (
        "ui/test_audio_limits.py::test_every_sound_under_a_square_drive_reward_bursts_and_muting",
        "ui/test_audio_limits.py::test_changing_from_sound_to_sound_never_clicks",
    ),
    21: (
        "practice/test_scales.py::test_phq_9_bands_change_at_5_10_15_and_20",
        "practice/test_scales.py::test_2_any_answer_above_zero_shows_the_client_the_contact_for_five_seconds",
        "practice/test_scales.py::test_who_5_is_four_times_the_raw_sum",
        "practice/test_scales.py::test_qids_takes_the_highest_of_sleep_of_appetite_and_weight_and_of_motion",
    ),
    22: (
        "files/exporters/test_round_trips.py::test_edfio_reads_samples_parts_and_events",
        "files/exporters/test_round_trips.py::test_mne_reads_samples_names_start_and_events_of_a_whole_recording",
    ),
    23: (
        "dsp/test_spectrum.py::test_check_23_alpha_rises_when_the_eyes_close",
        "dsp/test_spectrum.py::test_check_23_with_closed_eyes_the_spectrum_is_highest_at_10_hz",
        "dsp/test_alpha_peak.py::test_check_23_eyes_closed_at_the_back_of_the_head",
        "dsp/test_alpha_peak.py::test_check_23_eyes_open_has_no_clear_peak",
    ),
    24: ("dsp/test_analysis.py::test_check_24_alpha_at_the_back_of_the_head_rises_when_the_eyes_close",),
    25: (
        "files/importers/test_real_recordings.py::"
        "test_line_feed_damage_of_a_real_edf_is_recognised_and_can_be_undone",
        "session/test_artefacts.py::test_an_amplifier_at_its_limit_is_named",
    ),
    26: (
        "dsp/test_quality.py::test_check_26_a_fault_is_named_on_its_channel_and_on_no_other",
        "dsp/test_quality.py::test_check_26_channels_with_the_same_signal_are_named_together",
        "engine/test_fit_tests.py::test_26_blinks_tell_which_electrodes_are_swapped",
        "engine/test_fit_tests.py::test_26_nothing_is_said_of_recordings_as_they_are",
        "engine/test_fit_tests.py::test_26_blinks_are_counted_alpha_is_not_and_nothing_is_said_of_a_swap",
        "engine/test_fit_tests.py::"
        "test_26_a_swap_is_told_four_seconds_after_the_first_blink_and_no_longer_when_it_is_mended",
    ),
    27: ("benchmarks/test_hop_cost.py::test_cost_of_a_hop",),
    28: (
        "session/test_drowsiness.py::test_a_client_who_falls_asleep_is_noticed_and_let_off_when_awake_again",
        "session/test_drowsiness.py::test_a_session_with_closed_eyes_holds_the_reward_while_the_client_sleeps",
        "engine/test_watch.py::test_drowsy_after_twenty_seconds",
    ),
}

# Said rather than left out: what no test holds.
OPEN = {
    18: "no session has sealed arms",
}


@cache
def functions_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_check_is_held_by_a_test_or_said_to_be_open() -> None:
    assert sorted([*CHECKS, *OPEN]) == list(range(1, 29))


@pytest.mark.parametrize("number", CHECKS)
def test_the_test_that_holds_a_check_exists(number: int) -> None:
    for place in CHECKS[number]:
        file, _, name = place.partition("::")
        assert name in functions_of(TESTS / file), place
