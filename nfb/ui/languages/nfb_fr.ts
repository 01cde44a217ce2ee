<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
  <context>
    <name>nfb</name>
    <message>
      <source>{new} for {old}</source>
      <translation>{new} pour {old}</translation>
    </message>
    <message>
      <source>Reward when {conditions}.</source>
      <translation>Récompense quand {conditions}.</translation>
    </message>
    <message>
      <source>{sentence} Adapted: {sites}.</source>
      <translation>{sentence} Adapté : {sites}.</translation>
    </message>
    <message>
      <source>{first}; then when {then}</source>
      <translation>{first} ; ensuite, quand {then}</translation>
    </message>
    <message>
      <source>{first}; then, with eyes closed, when {then}</source>
      <translation>{first} ; ensuite, les yeux fermés, quand {then}</translation>
    </message>
    <message>
      <source>{first}; then, with eyes open, when {then}</source>
      <translation>{first} ; ensuite, les yeux ouverts, quand {then}</translation>
    </message>
    <message>
      <source>{rewards} while {inhibits}</source>
      <translation>{rewards} et quand, en même temps, {inhibits}</translation>
    </message>
    <message>
      <source>the ratio of the power of {top} to the power of {bottom}</source>
      <translation>le rapport entre la puissance de la bande {top} et celle de la bande {bottom}</translation>
    </message>
    <message>
      <source>the ratio of {top} to {bottom}</source>
      <translation>le rapport entre {top} et {bottom}</translation>
    </message>
    <message>
      <source>{what} at {sites} relative to {left_sites}</source>
      <translation>{what} en {sites} par rapport à {left_sites}</translation>
    </message>
    <message>
      <source>{what} between {sites}</source>
      <translation>{what} entre {sites}</translation>
    </message>
    <message>
      <source>{what} at {sites}</source>
      <translation>{what} en {sites}</translation>
    </message>
    <message>
      <source>the share of {band} in {low}–{high} Hz</source>
      <translation>la part de la bande {band} dans {low}–{high} Hz</translation>
    </message>
    <message>
      <source>the power of {band}</source>
      <translation>la puissance de la bande {band}</translation>
    </message>
    <message>
      <source>{band}, or from the alpha peak to {high} Hz above it</source>
      <translation>{band}, ou du pic alpha à {high} Hz au-dessus</translation>
    </message>
    <message>
      <source>{band}, or from {low} to {high} Hz above the alpha peak</source>
      <translation>{band}, ou de {low} à {high} Hz au-dessus du pic alpha</translation>
    </message>
    <message>
      <source>{band}, or from {low} Hz below the alpha peak up to it</source>
      <translation>{band}, ou de {low} Hz sous le pic alpha jusqu’à lui</translation>
    </message>
    <message>
      <source>{band}, or from {low} to {high} Hz below the alpha peak</source>
      <translation>{band}, ou de {low} à {high} Hz sous le pic alpha</translation>
    </message>
    <message>
      <source>{band}, or from {low} Hz below the alpha peak to {high} Hz above it</source>
      <translation>{band}, ou de {low} Hz sous le pic alpha à {high} Hz au-dessus</translation>
    </message>
    <message>
      <source>{words} and {last}</source>
      <translation>{words} et {last}</translation>
    </message>
    <message>
      <source>own symptom</source>
      <translation>symptôme propre</translation>
    </message>
    <message>
      <source>yes</source>
      <translation>oui</translation>
    </message>
    <message>
      <source>no</source>
      <translation>non</translation>
    </message>
    <message>
      <source>asked, none</source>
      <translation>demandé, aucun</translation>
    </message>
    <message>
      <source>{feature} and threshold over the session</source>
      <translation>{feature} et seuil au cours de la séance</translation>
    </message>
    <message>
      <source>Line: mean {feature} of every 2 s of clean EEG over {minutes} minutes. Dashed: threshold. Grey: breaks. Hatched: held for artefacts, {n} stretches. Gaps are left open.</source>
      <translation>Ligne : moyenne de {feature} toutes les 2 s d’EEG propre sur {minutes} minutes. Tirets : seuil. Gris : pauses. Hachuré : en attente pour artefacts, {n} passages. Les lacunes restent ouvertes.</translation>
    </message>
    <message>
      <source>threshold</source>
      <translation>seuil</translation>
    </message>
    <message>
      <source>held (artefact)</source>
      <translation>en attente (artefact)</translation>
    </message>
    <message>
      <source>break</source>
      <translation>pause</translation>
    </message>
    <message>
      <source>minutes</source>
      <translation>minutes</translation>
    </message>
    <message>
      <source>Share of valid time in range: {shares}.</source>
      <translation>Part du temps valide dans la cible : {shares}.</translation>
    </message>
    <message>
      <source>no run</source>
      <translation>aucune séquence</translation>
    </message>
    <message>
      <source>Time in range per run</source>
      <translation>Temps dans la cible par séquence</translation>
    </message>
    <message>
      <source>in range, % of valid time</source>
      <translation>dans la cible, % du temps valide</translation>
    </message>
    <message>
      <source>in the baseline {share}</source>
      <translation>dans la ligne de base {share}</translation>
    </message>
    <message>
      <source>run</source>
      <translation>séquence</translation>
    </message>
    <message>
      <source>Spectrum at the beginning and at the end</source>
      <translation>Spectre au début et à la fin</translation>
    </message>
    <message>
      <source>Dashed: {before}, {n_before} windows. Solid: {after}, {n_after} windows. 2 to 40 hertz, logarithmic. Snapshot, read with care.</source>
      <translation>Tirets : {before}, {n_before} fenêtres. Trait plein : {after}, {n_after} fenêtres. De 2 à 40 hertz, logarithmique. Instantané, à lire avec prudence.</translation>
    </message>
    <message>
      <source>power density, µV²/Hz</source>
      <translation>densité de puissance, µV²/Hz</translation>
    </message>
    <message>
      <source>{time} in {runs}. The clock stood still while you blinked or moved.</source>
      <translation>{time} en {runs}. L’horloge s’est arrêtée pendant que vous cligniez des yeux ou bougiez.</translation>
    </message>
    <message>
      <source>How much of the training time the rhythm was in range, run by run. The line shows how surely that is known. More is not better health; it is what you practised.</source>
      <translation>Quelle part du temps d’entraînement le rythme était dans la cible, séquence par séquence. La ligne montre avec quelle certitude on le sait. Davantage n’est pas une meilleure santé ; c’est ce que vous avez exercé.</translation>
    </message>
    <message>
      <source>You practised shifting the balance between the left and the right side of a brain rhythm.</source>
      <translation>Vous vous êtes exercé à déplacer l’équilibre d’un rythme cérébral entre le côté gauche et le côté droit.</translation>
    </message>
    <message>
      <source>You practised letting the balance of two brain rhythms ({name}) rise.</source>
      <translation>Vous vous êtes exercé à laisser monter l’équilibre de deux rythmes cérébraux ({name}).</translation>
    </message>
    <message>
      <source>You practised letting the balance of two brain rhythms ({name}) fall.</source>
      <translation>Vous vous êtes exercé à laisser descendre l’équilibre de deux rythmes cérébraux ({name}).</translation>
    </message>
    <message>
      <source> and </source>
      <translation> et </translation>
    </message>
    <message>
      <source>You practised letting a brain rhythm called {name} ({band}, at {sites}) become stronger. Each time it was, the program told you at once.</source>
      <translation>Vous vous êtes exercé à laisser un rythme cérébral appelé {name} ({band}, en {sites}) devenir plus fort. Chaque fois qu’il l’était, le programme vous l’a dit aussitôt.</translation>
    </message>
    <message>
      <source>You practised letting a brain rhythm called {name} ({band}, at {sites}) become calmer. Each time it was, the program told you at once.</source>
      <translation>Vous vous êtes exercé à laisser un rythme cérébral appelé {name} ({band}, en {sites}) devenir plus calme. Chaque fois qu’il l’était, le programme vous l’a dit aussitôt.</translation>
    </message>
    <message>
      <source>session number</source>
      <translation>numéro de séance</translation>
    </message>
    <message>
      <source>date</source>
      <translation>date</translation>
    </message>
    <message>
      <source>No treatments shown.</source>
      <translation>Aucun traitement affiché.</translation>
    </message>
    <message>
      <source>Treatments: {treatments}.</source>
      <translation>Traitements : {treatments}.</translation>
    </message>
    <message>
      <source>The course over time</source>
      <translation>Le parcours au fil du temps</translation>
    </message>
    <message>
      <source>One chart each on a common axis of {axis}: {charts}.</source>
      <translation>Un graphique chacun sur un axe commun ({axis}) : {charts}.</translation>
    </message>
    <message>
      <source>other treatment, as told</source>
      <translation>autre traitement, tel que rapporté</translation>
    </message>
    <message>
      <source>{treatment} (goes on)</source>
      <translation>{treatment} (en cours)</translation>
    </message>
    <message>
      <source>no values</source>
      <translation>aucune valeur</translation>
    </message>
    <message>
      <source>From means over clean time on a logarithmic scale.</source>
      <translation>À partir de moyennes du temps propre sur échelle logarithmique.</translation>
    </message>
    <message>
      <source>From means over clean time.</source>
      <translation>À partir de moyennes du temps propre.</translation>
    </message>
    <message>
      <source>{first} to {last}</source>
      <translation>du {first} au {last}</translation>
    </message>
    <message>
      <source>Slopes: Theil–Sen.</source>
      <translation>Pentes : Theil–Sen.</translation>
    </message>
    <message>
      <source>[ ]: 95 % interval.</source>
      <translation>[ ] : intervalle à 95 %.</translation>
    </message>
    <message>
      <source>No.</source>
      <translation>N°</translation>
    </message>
    <message>
      <source>valid time</source>
      <translation>temps valide</translation>
    </message>
    <message>
      <source>clean</source>
      <translation>propre</translation>
    </message>
    <message>
      <source>baseline</source>
      <translation>ligne de base</translation>
    </message>
    <message>
      <source>above fixed limit</source>
      <translation>limite fixe dépassée</translation>
    </message>
    <message>
      <source>in range</source>
      <translation>dans la cible</translation>
    </message>
    <message>
      <source>Dots: one session or visit each; bars: 95 % interval; rings, dashed: the rest before. What is missing is left open and not joined. Shaded bars: other treatment, with dotted lines at its begin and end.</source>
      <translation>Points : une séance ou visite chacun ; barres : intervalle à 95 % ; anneaux, tirets : le repos avant. Ce qui manque reste ouvert et n’est pas relié. Barres grises : autre traitement, avec des lignes pointillées à son début et à sa fin.</translation>
    </message>
    <message>
      <source>The last {shown} of {n} sessions.</source>
      <translation>Les {shown} dernières de {n} séances.</translation>
    </message>
    <message>
      <source>[ ]: 95 % interval by block bootstrap over 5-s chunks. Above fixed limit: share of clean training time beyond the {percentile}th percentile of the first session's baseline, whatever the thresholds were.</source>
      <translation>[ ] : intervalle à 95 % par bootstrap par blocs de 5 s. Au-dessus de la limite fixe : part du temps d’entraînement propre au-delà du {percentile}e percentile de la ligne de base de la première séance, quels qu’aient été les seuils.</translation>
    </message>
    <message>
      <source>In range: under each session's own thresholds; these were automatic, so it says nothing about learning.</source>
      <translation>Dans la cible : avec les seuils propres à chaque séance ; ils étaient automatiques, cela ne dit donc rien de l’apprentissage.</translation>
    </message>
    <message>
      <source>In range: under each session's own thresholds.</source>
      <translation>Dans la cible : avec les seuils propres à chaque séance.</translation>
    </message>
    <message>
      <source>{n} (no plan recorded)</source>
      <translation>{n} (aucun plan enregistré)</translation>
    </message>
    <message>
      <source>{n} of {planned} planned ({share})</source>
      <translation>{n} sur {planned} prévues ({share})</translation>
    </message>
    <message>
      <source>{name} (version {n})</source>
      <translation>{name} (version {n})</translation>
    </message>
    <message>
      <source>{time} valid, {share} of training time clean</source>
      <translation>{time} valides, {share} du temps d’entraînement propre</translation>
    </message>
    <message>
      <source>Done</source>
      <translation>Fait</translation>
    </message>
    <message>
      <source>Adherence</source>
      <translation>Régularité</translation>
    </message>
    <message>
      <source>Protocol</source>
      <translation>Protocole</translation>
    </message>
    <message>
      <source>Time trained</source>
      <translation>Temps entraîné</translation>
    </message>
    <message>
      <source>all within {days}</source>
      <translation>toutes en {days}</translation>
    </message>
    <message>
      <source>{per_week} sessions per week over {weeks}; longest pause {days}</source>
      <translation>{per_week} séances par semaine sur {weeks} ; plus longue pause : {days}</translation>
    </message>
    <message>
      <source>{n} week</source>
      <translation>{n} semaine</translation>
    </message>
    <message>
      <source>{n} weeks</source>
      <translation>{n} semaines</translation>
    </message>
    <message>
      <source>{n} day</source>
      <translation>{n} jour</translation>
    </message>
    <message>
      <source>{n} days</source>
      <translation>{n} jours</translation>
    </message>
    <message>
      <source>Learner: the trained signal changed the trained way</source>
      <translation>Apprentissage : le signal entraîné a changé dans le sens entraîné</translation>
    </message>
    <message>
      <source>Learning: not shown</source>
      <translation>Apprentissage : non montré</translation>
    </message>
    <message>
      <source>Learning: too few sessions to tell</source>
      <translation>Apprentissage : trop peu de séances pour le dire</translation>
    </message>
    <message>
      <source>“Learner” is said only if the 95 % intervals of the change within sessions and of that across sessions both lie on the trained side of 0, over at least {n} sessions with at least {share} clean training time.</source>
      <translation>« Apprentissage » n’est dit que si les intervalles à 95 % du changement au sein des séances et de celui d’une séance à l’autre sont tous deux du côté entraîné de 0, sur au moins {n} séances avec au moins {share} de temps d’entraînement propre.</translation>
    </message>
    <message>
      <source>There is no generally agreed definition.</source>
      <translation>Il n’existe pas de définition généralement admise.</translation>
    </message>
    <message>
      <source>“Not shown” does not mean that nothing was learned; many people's signals do not change.</source>
      <translation>« Non montré » ne veut pas dire que rien n’a été appris ; les signaux de beaucoup de personnes ne changent pas.</translation>
    </message>
    <message>
      <source>too few (n = {n}; needs {needed})</source>
      <translation>trop peu (n = {n} ; il en faut {needed})</translation>
    </message>
    <message>
      <source>{change} per session, n = {n} sessions</source>
      <translation>{change} par séance, n = {n} séances</translation>
    </message>
    <message>
      <source>{points} [{low}, {high}] percentage points per session, n = {n} sessions</source>
      <translation>{points} [{low}, {high}] points de pourcentage par séance, n = {n} séances</translation>
    </message>
    <message>
      <source>{change} per run, n = {sessions}</source>
      <translation>{change} par séquence, n = {sessions}</translation>
    </message>
    <message>
      <source>Above fixed limit</source>
      <translation>Au-dessus de la limite fixe</translation>
    </message>
    <message>
      <source>Across sessions</source>
      <translation>D’une séance à l’autre</translation>
    </message>
    <message>
      <source>Baselines</source>
      <translation>Lignes de base</translation>
    </message>
    <message>
      <source>Within sessions</source>
      <translation>Au sein des séances</translation>
    </message>
    <message>
      <source>For lack of room not drawn: {names}.</source>
      <translation>Faute de place, non tracés : {names}.</translation>
    </message>
    <message>
      <source>{feature}: training (dots) and rest before (rings)</source>
      <translation>{feature} : entraînement (points) et repos avant (anneaux)</translation>
    </message>
    <message>
      <source>time above the first baseline's fixed limit, % of clean training time</source>
      <translation>temps au-dessus de la limite fixe de la première ligne de base, % du temps d’entraînement propre</translation>
    </message>
    <message>
      <source>clean, % of training time</source>
      <translation>propre, % du temps d’entraînement</translation>
    </message>
    <message>
      <source>{n} change</source>
      <translation>{n} changement</translation>
    </message>
    <message>
      <source>{n} changes</source>
      <translation>{n} changements</translation>
    </message>
    <message>
      <source>en</source>
      <translation>fr</translation>
    </message>
    <message>
      <source>This sheet is in English, as is the checklist, because it goes with a scientific publication.</source>
      <translation>Cette fiche est en anglais, comme la liste de contrôle, car elle accompagne une publication scientifique.</translation>
    </message>
    <message>
      <source>{ms} ms (as declared)</source>
      <translation>{ms} ms (selon la déclaration)</translation>
    </message>
    <message>
      <source>not known</source>
      <translation>inconnu</translation>
    </message>
    <message>
      <source>electrode to computer {link} + burst {burst} ms + hop {hop} ms + filters {filters} ms = {total} ms</source>
      <translation>de l’électrode à l’ordinateur {link} + paquet {burst} ms + pas {hop} ms + filtres {filters} ms = {total} ms</translation>
    </message>
    <message>
      <source>decision {time} after arrival</source>
      <translation>décision {time} après l’arrivée</translation>
    </message>
    <message>
      <source>on the screen {time} after the decision</source>
      <translation>à l’écran {time} après la décision</translation>
    </message>
    <message>
      <source>in the sound {time} after the decision</source>
      <translation>dans le son {time} après la décision</translation>
    </message>
    <message>
      <source>whole loop {time}</source>
      <translation>boucle entière {time}</translation>
    </message>
    <message>
      <source>{median} ms (95th percentile {p95} ms)</source>
      <translation>{median} ms (95e percentile {p95} ms)</translation>
    </message>
    <message>
      <source>Stage</source>
      <translation>Étape</translation>
    </message>
    <message>
      <source>held</source>
      <translation>en attente</translation>
    </message>
    <message>
      <source>mean {feature}</source>
      <translation>moyenne {feature}</translation>
    </message>
    <message>
      <source>set by</source>
      <translation>fixé par</translation>
    </message>
    <message>
      <source>rewards</source>
      <translation>récompenses</translation>
    </message>
    <message>
      <source>[ ]: 95 % interval by block bootstrap over 5-s chunks (n = valid time ÷ 5 s). Means over clean time. Threshold: at the start → at the end of the stage.</source>
      <translation>[ ] : intervalle à 95 % par bootstrap par blocs de 5 s (n = temps valide ÷ 5 s). Moyennes du temps propre. Seuil : au début → à la fin de l’étape.</translation>
    </message>
    <message>
      <source>A. {feature} and its threshold, means of 2 s. Left open: held, or samples lost.</source>
      <translation>A. {feature} et son seuil, moyennes de 2 s. Laissé ouvert : en attente, ou échantillons perdus.</translation>
    </message>
    <message>
      <source>No clean windows for a spectrum.</source>
      <translation>Aucune fenêtre propre pour un spectre.</translation>
    </message>
    <message>
      <source>B. Time in range per run, of valid time, with 95 % interval. C. Spectrum at the trained sites, n clean windows of 2 s.</source>
      <translation>B. Temps dans la cible par séquence, du temps valide, avec intervalle à 95 %. C. Spectre aux sites entraînés, n fenêtres propres de 2 s.</translation>
    </message>
    <message>
      <source>Electrode</source>
      <translation>Électrode</translation>
    </message>
    <message>
      <source>contact good</source>
      <translation>bon contact</translation>
    </message>
    <message>
      <source>otherwise</source>
      <translation>sinon</translation>
    </message>
    <message>
      <source>Share of looks of 4 s, one every 20 s.</source>
      <translation>Part des contrôles de 4 s, un toutes les 20 s.</translation>
    </message>
    <message>
      <source>Geometric means of clean time.</source>
      <translation>Moyennes géométriques du temps propre.</translation>
    </message>
    <message>
      <source>Means of clean time.</source>
      <translation>Moyennes du temps propre.</translation>
    </message>
    <message>
      <source>mean of {sites}</source>
      <translation>moyenne de {sites}</translation>
    </message>
    <message>
      <source>average</source>
      <translation>moyenne</translation>
    </message>
    <message>
      <source>{n} channel</source>
      <translation>{n} canal</translation>
    </message>
    <message>
      <source>{n} channels</source>
      <translation>{n} canaux</translation>
    </message>
    <message>
      <source>Client</source>
      <translation>Client</translation>
    </message>
    <message>
      <source>Clinician</source>
      <translation>Clinicien</translation>
    </message>
    <message>
      <source>not recorded</source>
      <translation>non enregistré</translation>
    </message>
    <message>
      <source>Device</source>
      <translation>Appareil</translation>
    </message>
    <message>
      <source>Program</source>
      <translation>Programme</translation>
    </message>
    <message>
      <source>{name} ({id}, version {n})</source>
      <translation>{name} ({id}, version {n})</translation>
    </message>
    <message>
      <source>Sites and reference</source>
      <translation>Sites et référence</translation>
    </message>
    <message>
      <source>{sites}; reference {reference}</source>
      <translation>{sites} ; référence {reference}</translation>
    </message>
    <message>
      <source>Adapted</source>
      <translation>Adapté</translation>
    </message>
    <message>
      <source>Delay of the feedback</source>
      <translation>Délai du feedback</translation>
    </message>
    <message>
      <source>No gaps.</source>
      <translation>Aucune lacune.</translation>
    </message>
    <message>
      <source>{gaps}, {seconds} s of samples lost.</source>
      <translation>{gaps}, {seconds} s d’échantillons perdus.</translation>
    </message>
    <message>
      <source>{n} gap</source>
      <translation>{n} lacune</translation>
    </message>
    <message>
      <source>{n} gaps</source>
      <translation>{n} lacunes</translation>
    </message>
    <message>
      <source>Clean: {clean} of {time} measured. Held: {held} of it; by cause, over the whole session: {causes}.</source>
      <translation>Propre : {clean} de {time} mesurées. En attente : {held} de ce temps ; par cause, sur toute la séance : {causes}.</translation>
    </message>
    <message>
      <source>nothing</source>
      <translation>rien</translation>
    </message>
    <message>
      <source>{share}, n = {n} looks</source>
      <translation>{share}, n = {n} contrôles</translation>
    </message>
    <message>
      <source>{share}, n = {n} looks each</source>
      <translation>{share}, n = {n} contrôles chacun</translation>
    </message>
    <message>
      <source>{n} other</source>
      <translation>{n} autre</translation>
    </message>
    <message>
      <source>{n} others</source>
      <translation>{n} autres</translation>
    </message>
    <message>
      <source>chunks of 5 s</source>
      <translation>blocs de 5 s</translation>
    </message>
    <message>
      <source>not measured</source>
      <translation>non mesuré</translation>
    </message>
    <message>
      <source>Per run</source>
      <translation>Par séquence</translation>
    </message>
    <message>
      <source>{change}: {trend}, n = {runs}</source>
      <translation>{change} : {trend}, n = {runs}</translation>
    </message>
    <message>
      <source>Last third − first</source>
      <translation>Dernier tiers − premier</translation>
    </message>
    <message>
      <source>Runs − baseline</source>
      <translation>Séquences − ligne de base</translation>
    </message>
    <message>
      <source>Rest after − before</source>
      <translation>Repos après − avant</translation>
    </message>
    <message>
      <source>Without feedback</source>
      <translation>Sans feedback</translation>
    </message>
    <message>
      <source>Episodes</source>
      <translation>Épisodes</translation>
    </message>
    <message>
      <source>{rate} per min beyond the baseline's {percentile}th percentile (n = {n}); median {length} at {level} (n = {n_whole} seen whole)</source>
      <translation>{rate} par min au-delà du {percentile}e percentile de la ligne de base (n = {n}) ; médiane {length} à {level} (n = {n_whole} vus en entier)</translation>
    </message>
    <message>
      <source>With muscle</source>
      <translation>Avec les muscles</translation>
    </message>
    <message>
      <source>muscle activity (30–45 Hz)</source>
      <translation>l’activité musculaire (30–45 Hz)</translation>
    </message>
    <message>
      <source>With slow waves</source>
      <translation>Avec les ondes lentes</translation>
    </message>
    <message>
      <source>slow movement (1–4 Hz)</source>
      <translation>les mouvements lents (1–4 Hz)</translation>
    </message>
    <message>
      <source>partial ρ = {rho} [{low}, {high}], n = {n} chunks of 5 s</source>
      <translation>ρ partiel = {rho} [{low}, {high}], n = {n} blocs de 5 s</translation>
    </message>
    <message>
      <source>{figures}: changes went along with {what}, read with care</source>
      <translation>{figures} : les changements allaient de pair avec {what}, à lire avec prudence</translation>
    </message>
    <message>
      <source>Automatic thresholds: they hold the share in range where it is, so it says nothing about learning.</source>
      <translation>Seuils automatiques : ils maintiennent la part dans la cible là où elle est, elle ne dit donc rien de l’apprentissage.</translation>
    </message>
    <message>
      <source>{name} (version {n}).</source>
      <translation>{name} (version {n}).</translation>
    </message>
    <message>
      <source>{runs}, {time} of clean training, {share} in range, clean {clean}.</source>
      <translation>{runs}, {time} d’entraînement propre, {share} dans la cible, propre {clean}.</translation>
    </message>
    <message>
      <source>Held: {causes}.</source>
      <translation>En attente : {causes}.</translation>
    </message>
    <message>
      <source>Ended: {reason}.</source>
      <translation>Fin : {reason}.</translation>
    </message>
    <message>
      <source>Threshold of {feature} {value}</source>
      <translation>Seuil ({feature}) : {value}</translation>
    </message>
    <message>
      <source>{n} threshold change</source>
      <translation>{n} changement de seuil</translation>
    </message>
    <message>
      <source>{n} threshold changes</source>
      <translation>{n} changements de seuil</translation>
    </message>
    <message>
      <source>{n} run</source>
      <translation>{n} séquence</translation>
    </message>
    <message>
      <source>{n} runs</source>
      <translation>{n} séquences</translation>
    </message>
    <message>
      <source>{n} session</source>
      <translation>{n} séance</translation>
    </message>
    <message>
      <source>{n} sessions</source>
      <translation>{n} séances</translation>
    </message>
    <message>
      <source>{cause} {seconds} s</source>
      <translation>{cause} {seconds} s</translation>
    </message>
    <message>
      <source>Paused: the signal needs attention. {advice}</source>
      <translation>En pause : le signal demande votre attention. {advice}</translation>
    </message>
    <message>
      <source>In range {share} for a minute. {change}</source>
      <translation>Dans la cible {share} depuis une minute. {change}</translation>
    </message>
    <message>
      <source>Apply</source>
      <translation>Appliquer</translation>
    </message>
    <message>
      <source>many blinks: dim the light, rest the eyes</source>
      <translation>clignements fréquents : baisser la lumière, reposer les yeux</translation>
    </message>
    <message>
      <source>drowsy: sit up, or a break</source>
      <translation>somnolence : se redresser, ou une pause</translation>
    </message>
    <message>
      <source>The thresholds would stay.</source>
      <translation>Les seuils resteraient inchangés.</translation>
    </message>
    <message>
      <source>{moves} would have given {share}.</source>
      <translation>{moves} : cela aurait donné {share}.</translation>
    </message>
    <message>
      <source>Getting ready …</source>
      <translation>Préparation …</translation>
    </message>
    <message>
      <source>{why} {bed} is played instead.</source>
      <translation>{why} {bed} est joué à la place.</translation>
    </message>
    <message>
      <source>the system's sound library is missing (Debian: libpulse0, Fedora: pulseaudio-libs)</source>
      <translation>la bibliothèque audio du système manque (Debian : libpulse0, Fedora : pulseaudio-libs)</translation>
    </message>
    <message>
      <source>the chosen sound device is not there</source>
      <translation>le périphérique audio choisi n’est pas présent</translation>
    </message>
    <message>
      <source>no sound device</source>
      <translation>aucun périphérique audio</translation>
    </message>
    <message>
      <source>{device} takes no sound</source>
      <translation>{device} n’accepte pas de son</translation>
    </message>
    <message>
      <source>{device} does not play 48 kHz stereo</source>
      <translation>{device} ne lit pas le 48 kHz stéréo</translation>
    </message>
    <message>
      <source>The sound goes on through {device}.</source>
      <translation>Le son continue sur {device}.</translation>
    </message>
    <message>
      <source>{device} was found: there is sound again.</source>
      <translation>{device} a été trouvé : le son est de retour.</translation>
    </message>
    <message>
      <source>The sound device is gone: rewards are shown as a ring, and feedback goes on.</source>
      <translation>Le périphérique audio n’est plus là : les récompenses sont montrées par un anneau, et le feedback continue.</translation>
    </message>
    <message>
      <source>{name}: there is no such file.</source>
      <translation>{name} : ce fichier n’existe pas.</translation>
    </message>
    <message>
      <source>{name} cannot be played: no sound came out of it.</source>
      <translation>{name} ne peut pas être lu : aucun son n’en est sorti.</translation>
    </message>
    <message>
      <source>{name} holds no sound.</source>
      <translation>{name} ne contient aucun son.</translation>
    </message>
    <message>
      <source>{name} cannot be played: {why}.</source>
      <translation>{name} ne peut pas être lu : {why}.</translation>
    </message>
    <message>
      <source>No sound bed</source>
      <translation>Sans fond sonore</translation>
    </message>
    <message>
      <source>Rain</source>
      <translation>Pluie</translation>
    </message>
    <message>
      <source>Ocean</source>
      <translation>Océan</translation>
    </message>
    <message>
      <source>Stream</source>
      <translation>Ruisseau</translation>
    </message>
    <message>
      <source>Drone pads</source>
      <translation>Nappes sonores</translation>
    </message>
    <message>
      <source>Own music</source>
      <translation>Musique au choix</translation>
    </message>
    <message>
      <source>Alpha-theta: stream and ocean, two bells</source>
      <translation>Alpha-thêta : ruisseau et océan, deux cloches</translation>
    </message>
    <message>
      <source>Singing bowl</source>
      <translation>Bol chantant</translation>
    </message>
    <message>
      <source>Bell</source>
      <translation>Cloche</translation>
    </message>
    <message>
      <source>Wood block</source>
      <translation>Bloc de bois</translation>
    </message>
    <message>
      <source>Soft tone</source>
      <translation>Son doux</translation>
    </message>
    <message>
      <source>No chime</source>
      <translation>Sans carillon</translation>
    </message>
    <message>
      <source>Press a key when you are ready.</source>
      <translation>Quand vous voudrez, appuyez sur une touche.</translation>
    </message>
    <message>
      <source>Just a moment.</source>
      <translation>Un instant, merci.</translation>
    </message>
    <message>
      <source>We are checking the signal.</source>
      <translation>Nous vérifions le signal.</translation>
    </message>
    <message>
      <source>Close your eyes and rest.</source>
      <translation>Fermez les yeux et reposez-vous.</translation>
    </message>
    <message>
      <source>Look ahead and rest.</source>
      <translation>Regardez devant vous, reposez-vous.</translation>
    </message>
    <message>
      <source>Take a breath. Press a key when you are ready.</source>
      <translation>Respirez doucement. Quand vous voudrez, appuyez sur une touche.</translation>
    </message>
    <message>
      <source>Take a breath.</source>
      <translation>Respirez doucement.</translation>
    </message>
    <message>
      <source>nfb client view</source>
      <translation>nfb, vue du client</translation>
    </message>
    <message>
      <source>What is shown</source>
      <translation>Ce qui est affiché</translation>
    </message>
    <message>
      <source>Export …</source>
      <translation>Exporter …</translation>
    </message>
    <message>
      <source>Audit trail</source>
      <translation>Journal d’audit</translation>
    </message>
    <message>
      <source>Everything</source>
      <translation>Tout</translation>
    </message>
    <message>
      <source>When</source>
      <translation>Quand</translation>
    </message>
    <message>
      <source>Who</source>
      <translation>Qui</translation>
    </message>
    <message>
      <source>What was done</source>
      <translation>Ce qui a été fait</translation>
    </message>
    <message>
      <source>To what</source>
      <translation>Sur quoi</translation>
    </message>
    <message>
      <source>Reason</source>
      <translation>Motif</translation>
    </message>
    <message>
      <source>What changed</source>
      <translation>Ce qui a changé</translation>
    </message>
    <message>
      <source>one entry</source>
      <translation>une entrée</translation>
    </message>
    <message>
      <source>{n} entries</source>
      <translation>{n} entrées</translation>
    </message>
    <message>
      <source>erased</source>
      <translation>effacé</translation>
    </message>
    <message>
      <source>Export the audit trail</source>
      <translation>Exporter le journal d’audit</translation>
    </message>
    <message>
      <source>Written: {path}</source>
      <translation>Écrit : {path}</translation>
    </message>
    <message>
      <source>added</source>
      <translation>ajouté</translation>
    </message>
    <message>
      <source>changed</source>
      <translation>modifiée</translation>
    </message>
    <message>
      <source>removed</source>
      <translation>retiré</translation>
    </message>
    <message>
      <source>moved to another client</source>
      <translation>déplacé vers un autre client</translation>
    </message>
    <message>
      <source>noted</source>
      <translation>noté</translation>
    </message>
    <message>
      <source>exported</source>
      <translation>exporté</translation>
    </message>
    <message>
      <source>Safety contact</source>
      <translation>Contact de sécurité</translation>
    </message>
    <message>
      <source>Name and birth</source>
      <translation>Nom et naissance</translation>
    </message>
    <message>
      <source>Consent</source>
      <translation>Consentement</translation>
    </message>
    <message>
      <source>Plan</source>
      <translation>Plan</translation>
    </message>
    <message>
      <source>Goal</source>
      <translation>But</translation>
    </message>
    <message>
      <source>Own item</source>
      <translation>Point personnel</translation>
    </message>
    <message>
      <source>Rating</source>
      <translation>Évaluation</translation>
    </message>
    <message>
      <source>Scale</source>
      <translation>Échelle</translation>
    </message>
    <message>
      <source>Treatment</source>
      <translation>Traitement</translation>
    </message>
    <message>
      <source>Adverse effect</source>
      <translation>Effet indésirable</translation>
    </message>
    <message>
      <source>Session</source>
      <translation>Séance</translation>
    </message>
    <message>
      <source>Note</source>
      <translation>Note</translation>
    </message>
    <message>
      <source>Amendment</source>
      <translation>Avenant</translation>
    </message>
    <message>
      <source>Intake screen</source>
      <translation>Questionnaire d’entrée</translation>
    </message>
    <message>
      <source>Acknowledgement</source>
      <translation>Prise de connaissance</translation>
    </message>
    <message>
      <source>Override</source>
      <translation>Dérogation motivée</translation>
    </message>
    <message>
      <source>Appointment</source>
      <translation>Rendez-vous</translation>
    </message>
    <message>
      <source>Other</source>
      <translation>Autre</translation>
    </message>
    <message>
      <source>Name (optional)</source>
      <translation>Nom (facultatif)</translation>
    </message>
    <message>
      <source>stays in this client book</source>
      <translation>reste dans ce carnet clients</translation>
    </message>
    <message>
      <source>Date of birth</source>
      <translation>Date de naissance</translation>
    </message>
    <message>
      <source>Contact</source>
      <translation>Contact</translation>
    </message>
    <message>
      <source>Hand</source>
      <translation>Main</translation>
    </message>
    <message>
      <source>Flags</source>
      <translation>Mentions</translation>
    </message>
    <message>
      <source>Remark on flags</source>
      <translation>Remarque (mentions)</translation>
    </message>
    <message>
      <source>Code</source>
      <translation>Code</translation>
    </message>
    <message>
      <source>letters and digits, such as A031; no name</source>
      <translation>lettres et chiffres, par ex. A031 ; pas de nom</translation>
    </message>
    <message>
      <source>The code stands in file names, window titles and logs. The name is optional and stays in the client book.</source>
      <translation>Le code figure dans les noms de fichiers, les titres de fenêtres et les journaux. Le nom est facultatif et reste dans le carnet clients.</translation>
    </message>
    <message>
      <source>New client</source>
      <translation>Nouveau client</translation>
    </message>
    <message>
      <source>Add client</source>
      <translation>Ajouter un client</translation>
    </message>
    <message>
      <source>Edit {client}</source>
      <translation>Modifier {client}</translation>
    </message>
    <message>
      <source>training</source>
      <translation>entraînement</translation>
    </message>
    <message>
      <source>use in research</source>
      <translation>usage en recherche</translation>
    </message>
    <message>
      <source>sharing of recordings</source>
      <translation>partage d’enregistrements</translation>
    </message>
    <message>
      <source>Version of the text</source>
      <translation>Version du texte</translation>
    </message>
    <message>
      <source>Given on</source>
      <translation>Donné le</translation>
    </message>
    <message>
      <source>Agreed to</source>
      <translation>Accepté</translation>
    </message>
    <message>
      <source>Taken by</source>
      <translation>Recueilli par</translation>
    </message>
    <message>
      <source>Guardian, if under 18</source>
      <translation>Responsable légal, si &lt; 18 ans</translation>
    </message>
    <message>
      <source>Withdrawn on</source>
      <translation>Retiré le</translation>
    </message>
    <message>
      <source>not sure</source>
      <translation>incertain</translation>
    </message>
    <message>
      <source>A clinician allows training with</source>
      <translation>Un clinicien autorise l’entraînement avec</translation>
    </message>
    <message>
      <source>An answer of “not sure” counts as a yes. Some conditions stop training, or leave it to a clinician; what was confirmed is kept with name and reason.</source>
      <translation>La réponse « incertain » compte comme un oui. Certaines situations arrêtent l’entraînement ou en laissent la décision à un clinicien ; ce qui a été confirmé est conservé avec nom et motif.</translation>
    </message>
    <message>
      <source>booked</source>
      <translation>réservé</translation>
    </message>
    <message>
      <source>done</source>
      <translation>fait</translation>
    </message>
    <message>
      <source>cancelled</source>
      <translation>annulé</translation>
    </message>
    <message>
      <source>missed</source>
      <translation>manqué</translation>
    </message>
    <message>
      <source>Day</source>
      <translation>Jour</translation>
    </message>
    <message>
      <source>Begins at</source>
      <translation>Début à</translation>
    </message>
    <message>
      <source>Minutes</source>
      <translation>Minutes</translation>
    </message>
    <message>
      <source>State</source>
      <translation>État</translation>
    </message>
    <message>
      <source>Responsible person</source>
      <translation>Personne responsable</translation>
    </message>
    <message>
      <source>Local crisis text</source>
      <translation>Texte de crise local</translation>
    </message>
    <message>
      <source>Emergency numbers</source>
      <translation>Numéros d’urgence</translation>
    </message>
    <message>
      <source>Scales that ask about thoughts of death or self-harm are offered once a responsible person and the crisis text are set. The client sees both if such an item is answered above “not at all”.</source>
      <translation>Les échelles qui abordent les idées de mort ou d’automutilation sont proposées une fois définis une personne responsable et le texte de crise. Le client voit les deux si une telle question reçoit une réponse au-dessus de « pas du tout ».</translation>
    </message>
    <message>
      <source>Safety contact of this practice</source>
      <translation>Contact de sécurité de ce cabinet</translation>
    </message>
    <message>
      <source>e.g. asked for it</source>
      <translation>p. ex. l’a demandé</translation>
    </message>
    <message>
      <source>Type the code {code}</source>
      <translation>Saisissez le code {code}</translation>
    </message>
    <message>
      <source>Everything about this client leaves the client book and its copies; that and when they were erased stays. Recordings are files and are not deleted. This cannot be undone.</source>
      <translation>Tout ce qui concerne ce client quitte le carnet clients et ses copies ; le fait et la date de l’effacement restent. Les enregistrements sont des fichiers et ne sont pas supprimés. Cette action est définitive.</translation>
    </message>
    <message>
      <source>The typed code is not {code}. Nothing was erased.</source>
      <translation>Le code saisi n’est pas {code}. Rien n’a été effacé.</translation>
    </message>
    <message>
      <source>Erase {client}</source>
      <translation>Effacer {client}</translation>
    </message>
    <message>
      <source>Erase for good</source>
      <translation>Effacer définitivement</translation>
    </message>
    <message>
      <source>Clients</source>
      <translation>Clients</translation>
    </message>
    <message>
      <source>Start session</source>
      <translation>Démarrer la séance</translation>
    </message>
    <message>
      <source>Overview</source>
      <translation>Aperçu</translation>
    </message>
    <message>
      <source>Sessions</source>
      <translation>Séances</translation>
    </message>
    <message>
      <source>Trends</source>
      <translation>Évolution</translation>
    </message>
    <message>
      <source>Treatments</source>
      <translation>Traitements</translation>
    </message>
    <message>
      <source>Documents</source>
      <translation>Documents</translation>
    </message>
    <message>
      <source>{n} year</source>
      <translation>{n} an</translation>
    </message>
    <message>
      <source>{n} years</source>
      <translation>{n} ans</translation>
    </message>
    <message>
      <source>flags: {flags}</source>
      <translation>mentions : {flags}</translation>
    </message>
    <message>
      <source>flags: none</source>
      <translation>mentions : aucune</translation>
    </message>
    <message>
      <source>last visit: {effects}</source>
      <translation>dernière visite : {effects}</translation>
    </message>
    <message>
      <source>Start session {n}</source>
      <translation>Démarrer la séance {n}</translation>
    </message>
    <message>
      <source>Acknowledge…</source>
      <translation>Prendre acte…</translation>
    </message>
    <message>
      <source>In the client's words</source>
      <translation>Avec les mots du client</translation>
    </message>
    <message>
      <source>Set on</source>
      <translation>Fixé le</translation>
    </message>
    <message>
      <source>Reached on</source>
      <translation>Atteint le</translation>
    </message>
    <message>
      <source>more is worse</source>
      <translation>plus = moins bien</translation>
    </message>
    <message>
      <source>more is better</source>
      <translation>plus = mieux</translation>
    </message>
    <message>
      <source>rated at every visit</source>
      <translation>évalué à chaque visite</translation>
    </message>
    <message>
      <source>resting</source>
      <translation>en sommeil</translation>
    </message>
    <message>
      <source>Own symptom</source>
      <translation>Symptôme propre</translation>
    </message>
    <message>
      <source>Word for 0</source>
      <translation>Mot pour 0</translation>
    </message>
    <message>
      <source>Word for 10</source>
      <translation>Mot pour 10</translation>
    </message>
    <message>
      <source>Direction</source>
      <translation>Sens</translation>
    </message>
    <message>
      <source>In a good week</source>
      <translation>Une bonne semaine</translation>
    </message>
    <message>
      <source>In a usual week</source>
      <translation>Une semaine habituelle</translation>
    </message>
    <message>
      <source>In a hard week</source>
      <translation>Une semaine difficile</translation>
    </message>
    <message>
      <source>Use</source>
      <translation>Utiliser</translation>
    </message>
    <message>
      <source>Kind</source>
      <translation>Type</translation>
    </message>
    <message>
      <source>Name</source>
      <translation>Nom</translation>
    </message>
    <message>
      <source>What happened</source>
      <translation>Ce qui s’est passé</translation>
    </message>
    <message>
      <source>At</source>
      <translation>À</translation>
    </message>
    <message>
      <source>Dose</source>
      <translation>Dose</translation>
    </message>
    <message>
      <source>Source</source>
      <translation>Source</translation>
    </message>
    <message>
      <source>What goes on beside the training is written down, never advised on.</source>
      <translation>Ce qui se fait à côté de l’entraînement est noté, jamais conseillé.</translation>
    </message>
    <message>
      <source>unlikely</source>
      <translation>peu probable</translation>
    </message>
    <message>
      <source>possible</source>
      <translation>possible</translation>
    </message>
    <message>
      <source>likely</source>
      <translation>probable</translation>
    </message>
    <message>
      <source>after the session</source>
      <translation>après la séance</translation>
    </message>
    <message>
      <source>the day after</source>
      <translation>le lendemain</translation>
    </message>
    <message>
      <source>before the session</source>
      <translation>avant la séance</translation>
    </message>
    <message>
      <source>at home</source>
      <translation>à la maison</translation>
    </message>
    <message>
      <source>Severity</source>
      <translation>Intensité</translation>
    </message>
    <message>
      <source>Visit</source>
      <translation>Visite</translation>
    </message>
    <message>
      <source>Related to the training</source>
      <translation>Lié à l’entraînement</translation>
    </message>
    <message>
      <source>Written by</source>
      <translation>Rédigé par</translation>
    </message>
    <message>
      <source>Signed by</source>
      <translation>Signé par</translation>
    </message>
    <message>
      <source>Sign the note</source>
      <translation>Signer la note</translation>
    </message>
    <message>
      <source>Sign</source>
      <translation>Signer</translation>
    </message>
    <message>
      <source>To add</source>
      <translation>À ajouter</translation>
    </message>
    <message>
      <source>Add to a signed note</source>
      <translation>Compléter une note signée</translation>
    </message>
    <message>
      <source>Name of the scale</source>
      <translation>Nom de l’échelle</translation>
    </message>
    <message>
      <source>Total</source>
      <translation>Total</translation>
    </message>
    <message>
      <source>Answer to item {n}</source>
      <translation>Réponse à la question {n}</translation>
    </message>
    <message>
      <source>Filled in on</source>
      <translation>Rempli le</translation>
    </message>
    <message>
      <source>Another scale</source>
      <translation>Autre échelle</translation>
    </message>
    <message>
      <source>e.g. entered for the wrong client</source>
      <translation>p. ex. saisi pour un autre client</translation>
    </message>
    <message>
      <source>Say why the result is retracted.</source>
      <translation>Indiquez pourquoi le résultat est retiré.</translation>
    </message>
    <message>
      <source>The result stays in the book and is no longer drawn. A safety banner that it raised stays too.</source>
      <translation>Le résultat reste dans le carnet et n’est plus tracé. Un bandeau de sécurité qu’il aurait déclenché reste aussi.</translation>
    </message>
    <message>
      <source>Retract a result</source>
      <translation>Retirer un résultat</translation>
    </message>
    <message>
      <source>Who dealt with it</source>
      <translation>Qui s’en est occupé</translation>
    </message>
    <message>
      <source>Acknowledge</source>
      <translation>Prendre acte</translation>
    </message>
    <message>
      <source>{code} was erased from the client book.</source>
      <translation>{code} a été effacé du carnet clients.</translation>
    </message>
    <message>
      <source>Recordings are files and are still there: {folders}</source>
      <translation>Les enregistrements sont des fichiers et sont toujours là : {folders}</translation>
    </message>
    <message>
      <source>These copies could not be cleaned: {copies}</source>
      <translation>Ces copies n’ont pas pu être nettoyées : {copies}</translation>
    </message>
    <message>
      <source>Writing the report …</source>
      <translation>Rédaction du rapport …</translation>
    </message>
    <message>
      <source>Notes</source>
      <translation>Notes</translation>
    </message>
    <message>
      <source>Written</source>
      <translation>Écrit</translation>
    </message>
    <message>
      <source>No notes yet.</source>
      <translation>Pas encore de notes.</translation>
    </message>
    <message>
      <source>New note</source>
      <translation>Nouvelle note</translation>
    </message>
    <message>
      <source>Open</source>
      <translation>Ouvrir</translation>
    </message>
    <message>
      <source>Scales</source>
      <translation>Échelles</translation>
    </message>
    <message>
      <source>Filled in</source>
      <translation>Rempli</translation>
    </message>
    <message>
      <source>Reading by its authors</source>
      <translation>Lecture selon ses auteurs</translation>
    </message>
    <message>
      <source>Remark</source>
      <translation>Remarque</translation>
    </message>
    <message>
      <source>No scales yet.</source>
      <translation>Pas encore d’échelles.</translation>
    </message>
    <message>
      <source>Retract</source>
      <translation>Retirer</translation>
    </message>
    <message>
      <source>Fill in</source>
      <translation>Remplir</translation>
    </message>
    <message>
      <source>Adverse effects</source>
      <translation>Effets indésirables</translation>
    </message>
    <message>
      <source>Reported</source>
      <translation>Signalé</translation>
    </message>
    <message>
      <source>Effect</source>
      <translation>Effet</translation>
    </message>
    <message>
      <source>No adverse effect reported.</source>
      <translation>Aucun effet indésirable signalé.</translation>
    </message>
    <message>
      <source>Add</source>
      <translation>Ajouter</translation>
    </message>
    <message>
      <source>Given</source>
      <translation>Donné</translation>
    </message>
    <message>
      <source>Text</source>
      <translation>Texte</translation>
    </message>
    <message>
      <source>Withdrawn</source>
      <translation>Retiré</translation>
    </message>
    <message>
      <source>No consent on record.</source>
      <translation>Aucun consentement enregistré.</translation>
    </message>
    <message>
      <source>Change</source>
      <translation>Modifier</translation>
    </message>
    <message>
      <source>Session note</source>
      <translation>Note de séance</translation>
    </message>
    <message>
      <source>Client page</source>
      <translation>Page du client</translation>
    </message>
    <message>
      <source>Course report</source>
      <translation>Rapport de parcours</translation>
    </message>
    <message>
      <source>CRED-nf sheet</source>
      <translation>Fiche CRED-nf</translation>
    </message>
    <message>
      <source>Needs one finished run.</source>
      <translation>Nécessite une séquence terminée.</translation>
    </message>
    <message>
      <source>Erase client…</source>
      <translation>Effacer le client…</translation>
    </message>
    <message>
      <source>Fill in a scale</source>
      <translation>Remplir une échelle</translation>
    </message>
    <message>
      <source>Reports</source>
      <translation>Rapports</translation>
    </message>
    <message>
      <source>Everything about this client can be erased.</source>
      <translation>Tout ce qui concerne ce client peut être effacé.</translation>
    </message>
    <message>
      <source>signed by {who}</source>
      <translation>signé par {who}</translation>
    </message>
    <message>
      <source>, added to</source>
      <translation>, complété</translation>
    </message>
    <message>
      <source>draft, unsigned</source>
      <translation>brouillon, non signé</translation>
    </message>
    <message>
      <source>Another, by its total</source>
      <translation>Une autre, par son total</translation>
    </message>
    <message>
      <source>PHQ-9 and other scales that ask about thoughts of death or self-harm are offered once a responsible person and a local crisis text are set.</source>
      <translation>Le PHQ-9 et les autres échelles qui abordent les idées de mort ou d’automutilation sont proposés une fois définis une personne responsable et un texte de crise local.</translation>
    </message>
    <message>
      <source>retracted: {why}</source>
      <translation>retiré : {why}</translation>
    </message>
    <message>
      <source>{n} answers estimated</source>
      <translation>{n} réponses estimées</translation>
    </message>
    <message>
      <source>no total</source>
      <translation>pas de total</translation>
    </message>
    <message>
      <source>YYYY-MM-DD</source>
      <translation>AAAA-MM-JJ</translation>
    </message>
    <message>
      <source>{field} = {text}: write a day as year-month-day, e.g. 2026-11-21.</source>
      <translation>{field} = {text} : écrivez un jour sous la forme année-mois-jour, p. ex. 2026-11-21.</translation>
    </message>
    <message>
      <source>HH:MM</source>
      <translation>HH:MM</translation>
    </message>
    <message>
      <source>{field} = {text}: write a time as hours:minutes, e.g. 14:30.</source>
      <translation>{field} = {text} : écrivez une heure sous la forme heures:minutes, p. ex. 14:30.</translation>
    </message>
    <message>
      <source>a whole number</source>
      <translation>un nombre entier</translation>
    </message>
    <message>
      <source>a number</source>
      <translation>un nombre</translation>
    </message>
    <message>
      <source>{field} = {text}: must be {kind} from {low:g} to {high:g}.</source>
      <translation>{field} = {text} : doit être {kind} de {low:g} à {high:g}.</translation>
    </message>
    <message>
      <source>Intake: “{question}” needs a clinician's confirmation.</source>
      <translation>Entrée : « {question} » demande la confirmation d’un clinicien.</translation>
    </message>
    <message>
      <source>Intake: one question is not answered yet.</source>
      <translation>Entrée : une question n’a pas encore de réponse.</translation>
    </message>
    <message>
      <source>Intake: {n} questions are not answered yet.</source>
      <translation>Entrée : {n} questions n’ont pas encore de réponse.</translation>
    </message>
    <message>
      <source>No consent to training on record.</source>
      <translation>Aucun consentement à l’entraînement enregistré.</translation>
    </message>
    <message>
      <source>Consent to training given {day}, text {version}.</source>
      <translation>Consentement à l’entraînement donné le {day}, texte {version}.</translation>
    </message>
    <message>
      <source>Learning over sessions: too few (n = {n}, at least {fewest}).</source>
      <translation>Apprentissage au fil des séances : trop peu (n = {n}, au moins {fewest}).</translation>
    </message>
    <message>
      <source>Learning over sessions: cannot be told from these figures.</source>
      <translation>Apprentissage au fil des séances : ces chiffres ne permettent pas de le dire.</translation>
    </message>
    <message>
      <source>Clean time above the first session's 70th percentile: {slope:+.1f} points per session, 95 % interval {low:+.1f} to {high:+.1f}, n = {n}. It cannot be told apart from expectancy, time or other treatment.</source>
      <translation>Temps propre au-dessus du 70e percentile de la première séance : {slope:+.1f} points par séance, intervalle à 95 % de {low:+.1f} à {high:+.1f}, n = {n}. Cela ne peut être distingué des attentes, du temps ou d’un autre traitement.</translation>
    </message>
    <message>
      <source>No file</source>
      <translation>Aucun fichier</translation>
    </message>
    <message>
      <source>Choose …</source>
      <translation>Choisir …</translation>
    </message>
    <message>
      <source>Film</source>
      <translation>Film</translation>
    </message>
    <message>
      <source>Films (*.mp4 *.mkv *.mov *.avi *.webm *.m4v *.mpg);;All files (*)</source>
      <translation>Films (*.mp4 *.mkv *.mov *.avi *.webm *.m4v *.mpg);;Tous les fichiers (*)</translation>
    </message>
    <message>
      <source>Music</source>
      <translation>Musique</translation>
    </message>
    <message>
      <source>Music (*.mp3 *.flac *.ogg *.opus *.m4a *.wav *.aac);;All files (*)</source>
      <translation>Musique (*.mp3 *.flac *.ogg *.opus *.m4a *.wav *.aac);;Tous les fichiers (*)</translation>
    </message>
    <message>
      <source>Save</source>
      <translation>Enregistrer</translation>
    </message>
    <message>
      <source>Ctrl+Enter</source>
      <translation>Ctrl+Enter</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>Annuler</translation>
    </message>
    <message>
      <source>Esc</source>
      <translation>Esc</translation>
    </message>
    <message>
      <source>Keep theirs</source>
      <translation>Garder l’autre</translation>
    </message>
    <message>
      <source>Write mine</source>
      <translation>Écrire la mienne</translation>
    </message>
    <message>
      <source>Not saved yet. Save it, or discard what you typed.</source>
      <translation>Pas encore enregistré. Enregistrez, ou abandonnez votre saisie.</translation>
    </message>
    <message>
      <source>Discard</source>
      <translation>Abandonner</translation>
    </message>
    <message>
      <source>{field}: theirs {theirs}, yours {mine}</source>
      <translation>{field} : l’autre {theirs}, la vôtre {mine}</translation>
    </message>
    <message>
      <source>Another desk removed this while the form was open.</source>
      <translation>Un autre poste a supprimé ceci pendant que le formulaire était ouvert.</translation>
    </message>
    <message>
      <source>Another desk changed this while the form was open. Nothing was overwritten.</source>
      <translation>Un autre poste a modifié ceci pendant que le formulaire était ouvert. Rien n’a été écrasé.</translation>
    </message>
    <message>
      <source>Signed by {who}.</source>
      <translation>Signé par {who}.</translation>
    </message>
    <message>
      <source>lower is easier</source>
      <translation>plus bas, plus facile</translation>
    </message>
    <message>
      <source>Start session of {client}</source>
      <translation>Démarrer la séance de {client}</translation>
    </message>
    <message>
      <source>Open {client}</source>
      <translation>Ouvrir {client}</translation>
    </message>
    <message>
      <source>Search (Ctrl+K)</source>
      <translation>Rechercher (Ctrl+K)</translation>
    </message>
    <message>
      <source>Search clients by name or code</source>
      <translation>Rechercher un client par nom ou code</translation>
    </message>
    <message>
      <source>Try it: synthetic headset</source>
      <translation>Essayer : casque synthétique</translation>
    </message>
    <message>
      <source>All clients</source>
      <translation>Tous les clients</translation>
    </message>
    <message>
      <source>Clear the search</source>
      <translation>Effacer la recherche</translation>
    </message>
    <message>
      <source>Add your first client</source>
      <translation>Ajouter le premier client</translation>
    </message>
    <message>
      <source>No clients yet. Try it with the synthetic headset, or add your first client. Nothing leaves this computer.</source>
      <translation>Pas encore de clients. Essayez avec le casque synthétique, ou ajoutez votre premier client. Rien ne quitte cet ordinateur.</translation>
    </message>
    <message>
      <source>dddd d MMMM</source>
      <translation>dddd d MMMM</translation>
    </message>
    <message>
      <source>One note waits for a signature.</source>
      <translation>Une note attend une signature.</translation>
    </message>
    <message>
      <source>{n} notes wait for a signature.</source>
      <translation>{n} notes attendent une signature.</translation>
    </message>
    <message>
      <source>Today</source>
      <translation>Aujourd’hui</translation>
    </message>
    <message>
      <source>No appointments today. Seen last:</source>
      <translation>Pas de rendez-vous aujourd’hui. Vus en dernier :</translation>
    </message>
    <message>
      <source>No appointments today.</source>
      <translation>Pas de rendez-vous aujourd’hui.</translation>
    </message>
    <message>
      <source>Today; later: {clients}</source>
      <translation>Aujourd’hui ; plus tard : {clients}</translation>
    </message>
    <message>
      <source>Last visit</source>
      <translation>Dernière visite</translation>
    </message>
    <message>
      <source>To do</source>
      <translation>À faire</translation>
    </message>
    <message>
      <source>No client matches “{text}”.</source>
      <translation>Aucun client ne correspond à « {text} ».</translation>
    </message>
    <message>
      <source>⚠ acknowledge</source>
      <translation>⚠ prendre acte</translation>
    </message>
    <message>
      <source>✎ note unsigned</source>
      <translation>✎ note non signée</translation>
    </message>
    <message>
      <source>{done} of {planned}</source>
      <translation>{done} sur {planned}</translation>
    </message>
    <message>
      <source>This window was opened without a client book.</source>
      <translation>Cette fenêtre a été ouverte sans carnet clients.</translation>
    </message>
    <message>
      <source>Use a starter plan</source>
      <translation>Prendre un plan de départ</translation>
    </message>
    <message>
      <source>Edit client</source>
      <translation>Modifier le client</translation>
    </message>
    <message>
      <source>Goals</source>
      <translation>Buts</translation>
    </message>
    <message>
      <source>Last note</source>
      <translation>Dernière note</translation>
    </message>
    <message>
      <source>Latest values</source>
      <translation>Dernières valeurs</translation>
    </message>
    <message>
      <source>Since the last visit</source>
      <translation>Depuis la dernière visite</translation>
    </message>
    <message>
      <source>No goals yet.</source>
      <translation>Pas encore de buts.</translation>
    </message>
    <message>
      <source>signed</source>
      <translation>signé</translation>
    </message>
    <message>
      <source>not signed yet</source>
      <translation>pas encore signé</translation>
    </message>
    <message>
      <source>{level:.1f} before</source>
      <translation>avant {level:.1f}</translation>
    </message>
    <message>
      <source>Intake screen complete.</source>
      <translation>Questionnaire d’entrée complet.</translation>
    </message>
    <message>
      <source>Intake screen: {n} open.</source>
      <translation>Entrée : {n} en suspens.</translation>
    </message>
    <message>
      <source>This page is not part of this installation.</source>
      <translation>Cette page ne fait pas partie de cette installation.</translation>
    </message>
    <message>
      <source>{protocol} (no longer on the shelf)</source>
      <translation>{protocol} (n’est plus dans la collection)</translation>
    </message>
    <message>
      <source>Comfort profile</source>
      <translation>Profil de confort</translation>
    </message>
    <message>
      <source>Runs</source>
      <translation>Séquences</translation>
    </message>
    <message>
      <source>Minutes of a run</source>
      <translation>Minutes par séquence</translation>
    </message>
    <message>
      <source>Break, seconds</source>
      <translation>Pause, secondes</translation>
    </message>
    <message>
      <source>Breaks</source>
      <translation>Pauses</translation>
    </message>
    <message>
      <source>the client may end them</source>
      <translation>le client peut y mettre fin</translation>
    </message>
    <message>
      <source>Target, % in range</source>
      <translation>Objectif, % dans la cible</translation>
    </message>
    <message>
      <source>Feedback</source>
      <translation>Feedback</translation>
    </message>
    <message>
      <source>Film feedback</source>
      <translation>Feedback du film</translation>
    </message>
    <message>
      <source>also out of focus</source>
      <translation>aussi flou</translation>
    </message>
    <message>
      <source>Sound</source>
      <translation>Son</translation>
    </message>
    <message>
      <source>Chime</source>
      <translation>Carillon</translation>
    </message>
    <message>
      <source>Volume, %</source>
      <translation>Volume, %</translation>
    </message>
    <message>
      <source>Planned visits</source>
      <translation>Visites prévues</translation>
    </message>
    <message>
      <source>Review after visit (0: none)</source>
      <translation>Bilan après la visite (0 : aucun)</translation>
    </message>
    <message>
      <source>There is no protocol to choose. Put one into the protocols folder.</source>
      <translation>Il n’y a aucun protocole à choisir. Placez-en un dans le dossier des protocoles.</translation>
    </message>
    <message>
      <source>Photosafe feedback is forced by the intake screen or a flag.</source>
      <translation>Le feedback adapté à la photosensibilité est imposé par le questionnaire d’entrée ou par une mention.</translation>
    </message>
    <message>
      <source>Protocols that the intake screen locks are left out.</source>
      <translation>Les protocoles bloqués par le questionnaire d’entrée ne sont pas proposés.</translation>
    </message>
    <message>
      <source>Edit plan</source>
      <translation>Modifier le plan</translation>
    </message>
    <message>
      <source>Own symptoms</source>
      <translation>Symptômes propres</translation>
    </message>
    <message>
      <source>Symptom</source>
      <translation>Symptôme</translation>
    </message>
    <message>
      <source>0</source>
      <translation>0</translation>
    </message>
    <message>
      <source>10</source>
      <translation>10</translation>
    </message>
    <message>
      <source>Weeks before</source>
      <translation>Semaines avant</translation>
    </message>
    <message>
      <source>No own symptoms yet: 5 to 8 show changes best.</source>
      <translation>Pas encore de symptômes propres : 5 à 8 montrent le mieux les changements.</translation>
    </message>
    <message>
      <source>Appointments</source>
      <translation>Rendez-vous</translation>
    </message>
    <message>
      <source>Begins</source>
      <translation>Début</translation>
    </message>
    <message>
      <source>No appointments.</source>
      <translation>Pas de rendez-vous.</translation>
    </message>
    <message>
      <source>every visit</source>
      <translation>chaque visite</translation>
    </message>
    <message>
      <source>Recordings</source>
      <translation>Enregistrements</translation>
    </message>
    <message>
      <source>Protocols</source>
      <translation>Protocoles</translation>
    </message>
    <message>
      <source>Settings</source>
      <translation>Réglages</translation>
    </message>
    <message>
      <source>Main navigation</source>
      <translation>Navigation principale</translation>
    </message>
    <message>
      <source>course</source>
      <translation>parcours</translation>
    </message>
    <message>
      <source>session {n}</source>
      <translation>séance {n}</translation>
    </message>
    <message>
      <source>Identical: {hops} hops and {events} events came out again to the last bit.</source>
      <translation>Identique : {hops} pas et {events} événements sont ressortis au bit près.</translation>
    </message>
    <message>
      <source>Not identical: {difference}</source>
      <translation>Pas identique : {difference}</translation>
    </message>
    <message>
      <source>Submit</source>
      <translation>Valider</translation>
    </message>
    <message>
      <source>Not submitted yet. Submit it, or cancel.</source>
      <translation>Pas encore validé. Validez, ou annulez.</translation>
    </message>
    <message>
      <source>Item {items} is not answered. Answer it, or submit again to leave it out.</source>
      <translation>La question {items} est sans réponse. Répondez-y, ou validez à nouveau pour l’omettre.</translation>
    </message>
    <message>
      <source>Items {items} are not answered. Answer them, or submit again to leave them out.</source>
      <translation>Les questions {items} sont sans réponse. Répondez-y, ou validez à nouveau pour les omettre.</translation>
    </message>
    <message>
      <source>Contact here: {person}</source>
      <translation>Contact ici : {person}</translation>
    </message>
    <message>
      <source>Please read on … {n:.0f}</source>
      <translation>Poursuivez la lecture … {n:.0f}</translation>
    </message>
    <message>
      <source>Close</source>
      <translation>Fermer</translation>
    </message>
    <message>
      <source>Status</source>
      <translation>État</translation>
    </message>
    <message>
      <source>Keys</source>
      <translation>Touches</translation>
    </message>
    <message>
      <source>Theme</source>
      <translation>Thème</translation>
    </message>
    <message>
      <source>Dark or light</source>
      <translation>Sombre ou clair</translation>
    </message>
    <message>
      <source>Connecting: {name}</source>
      <translation>Connexion : {name}</translation>
    </message>
    <message>
      <source>No headset connected</source>
      <translation>Aucun casque connecté</translation>
    </message>
    <message>
      <source>Recording off · room on the disk not known</source>
      <translation>Enregistrement arrêté · espace disque inconnu</translation>
    </message>
    <message>
      <source>⚠ Recording off · {n:.0f} h free: make room</source>
      <translation>⚠ Enregistrement arrêté · {n:.0f} h libres : faites de la place</translation>
    </message>
    <message>
      <source>Recording off · {hours} h free</source>
      <translation>Enregistrement arrêté · {hours} h libres</translation>
    </message>
    <message>
      <source>♪ no sound</source>
      <translation>♪ pas de son</translation>
    </message>
    <message>
      <source>Date</source>
      <translation>Date</translation>
    </message>
    <message>
      <source>Trained</source>
      <translation>Entraîné</translation>
    </message>
    <message>
      <source>In range</source>
      <translation>Dans la cible</translation>
    </message>
    <message>
      <source>Clean</source>
      <translation>Propre</translation>
    </message>
    <message>
      <source>Nothing recorded yet.</source>
      <translation>Rien n'est encore enregistré.</translation>
    </message>
    <message>
      <source>Replay</source>
      <translation>Relecture</translation>
    </message>
    <message>
      <source>Report</source>
      <translation>Rapport</translation>
    </message>
    <message>
      <source>Open folder</source>
      <translation>Ouvrir le dossier</translation>
    </message>
    <message>
      <source>Range</source>
      <translation>Période</translation>
    </message>
    <message>
      <source>Nothing in this range.</source>
      <translation>Rien dans cette période.</translation>
    </message>
    <message>
      <source>All</source>
      <translation>Tout</translation>
    </message>
    <message>
      <source>Last {n} visits</source>
      <translation>{n} dernières visites</translation>
    </message>
    <message>
      <source>{n} months</source>
      <translation>{n} mois</translation>
    </message>
    <message>
      <source>This course</source>
      <translation>Cette série</translation>
    </message>
    <message>
      <source>Add treatment</source>
      <translation>Ajouter un traitement</translation>
    </message>
    <message>
      <source>What</source>
      <translation>Quoi</translation>
    </message>
    <message>
      <source>Nothing logged.</source>
      <translation>Rien de noté.</translation>
    </message>
    <message>
      <source>Change dose</source>
      <translation>Modifier la dose</translation>
    </message>
    <message>
      <source>Stop</source>
      <translation>Arrêter</translation>
    </message>
    <message>
      <source>Given today</source>
      <translation>Donné aujourd’hui</translation>
    </message>
    <message>
      <source>Correct</source>
      <translation>Corriger</translation>
    </message>
    <message>
      <source>{name}: {n} values</source>
      <translation>{name} : {n} valeurs</translation>
    </message>
    <message>
      <source>one treatment</source>
      <translation>un traitement</translation>
    </message>
    <message>
      <source>{n} treatments</source>
      <translation>{n} traitements</translation>
    </message>
    <message>
      <source>Trends. {what}</source>
      <translation>Évolution. {what}</translation>
    </message>
    <message>
      <source>MMM yyyy</source>
      <translation>MMM yyyy</translation>
    </message>
    <message>
      <source>d MMM</source>
      <translation>d MMM</translation>
    </message>
    <message>
      <source> · too few</source>
      <translation> · trop peu</translation>
    </message>
    <message>
      <source>{n} · dashed: {level:.1f} before</source>
      <translation>{n} · tirets : avant {level:.1f}</translation>
    </message>
    <message>
      <source>{flags} and {n} more</source>
      <translation>{flags} et {n} de plus</translation>
    </message>
    <message>
      <source>No plan yet</source>
      <translation>Pas encore de plan</translation>
    </message>
    <message>
      <source>{done} of {planned} · {protocol}</source>
      <translation>{done} sur {planned} · {protocol}</translation>
    </message>
    <message>
      <source>{done} done · {protocol}</source>
      <translation>{done} faites · {protocol}</translation>
    </message>
    <message>
      <source>No plan.</source>
      <translation>Pas de plan.</translation>
    </message>
    <message>
      <source>{protocol}, version {version}</source>
      <translation>{protocol}, version {version}</translation>
    </message>
    <message>
      <source>target, runs and feedback by the protocol</source>
      <translation>objectif, séquences et feedback selon le protocole</translation>
    </message>
    <message>
      <source>{runs} × {minutes:g} min</source>
      <translation>{runs} × {minutes:g} min</translation>
    </message>
    <message>
      <source>breaks {rest:g} s</source>
      <translation>pauses {rest:g} s</translation>
    </message>
    <message>
      <source>, the client may end them</source>
      <translation>, le client peut y mettre fin</translation>
    </message>
    <message>
      <source>target {target:.0f} %</source>
      <translation>objectif {target:.0f} %</translation>
    </message>
    <message>
      <source>comfort: {profile}</source>
      <translation>confort : {profile}</translation>
    </message>
    <message>
      <source>feedback: {feedback}</source>
      <translation>feedback : {feedback}</translation>
    </message>
    <message>
      <source>sound: {sound}, {volume:.0f} %</source>
      <translation>son : {sound}, {volume:.0f} %</translation>
    </message>
    <message>
      <source>review after visit {n}</source>
      <translation>bilan après la visite {n}</translation>
    </message>
    <message>
      <source>start</source>
      <translation>début</translation>
    </message>
    <message>
      <source>change</source>
      <translation>changement</translation>
    </message>
    <message>
      <source>stop</source>
      <translation>arrêt</translation>
    </message>
    <message>
      <source>given once</source>
      <translation>donné une fois</translation>
    </message>
    <message>
      <source>client</source>
      <translation>client</translation>
    </message>
    <message>
      <source>prescriber</source>
      <translation>prescripteur</translation>
    </message>
    <message>
      <source>record</source>
      <translation>dossier</translation>
    </message>
    <message>
      <source>right-handed</source>
      <translation>droitier</translation>
    </message>
    <message>
      <source>left-handed</source>
      <translation>gaucher</translation>
    </message>
    <message>
      <source>both-handed</source>
      <translation>ambidextre</translation>
    </message>
    <message>
      <source>seizures or epilepsy</source>
      <translation>crises ou épilepsie</translation>
    </message>
    <message>
      <source>loss of consciousness</source>
      <translation>perte de connaissance</translation>
    </message>
    <message>
      <source>sensitivity to flicker</source>
      <translation>sensibilité au scintillement</translation>
    </message>
    <message>
      <source>stimulator or pacemaker</source>
      <translation>stimulateur ou pacemaker</translation>
    </message>
    <message>
      <source>loss of touch with reality</source>
      <translation>perte de contact avec la réalité</translation>
    </message>
    <message>
      <source>mania or bipolar disorder</source>
      <translation>manie ou trouble bipolaire</translation>
    </message>
    <message>
      <source>dissociation or trauma</source>
      <translation>dissociation ou traumatisme</translation>
    </message>
    <message>
      <source>head or brain injury</source>
      <translation>lésion de la tête ou du cerveau</translation>
    </message>
    <message>
      <source>neurological condition</source>
      <translation>affection neurologique</translation>
    </message>
    <message>
      <source>pregnancy</source>
      <translation>grossesse</translation>
    </message>
    <message>
      <source>thoughts of death or self-harm</source>
      <translation>idées de mort ou d’automutilation</translation>
    </message>
    <message>
      <source>under 18</source>
      <translation>moins de 18 ans</translation>
    </message>
    <message>
      <source>A film of the client's own, or another window, may flash by itself: watch it before, or leave it out.</source>
      <translation>Un film du client, ou une autre fenêtre, peut clignoter de lui-même : regardez-le avant, ou laissez-le de côté.</translation>
    </message>
    <message>
      <source>About</source>
      <translation>À propos</translation>
    </message>
    <message>
      <source>Names describe the signal, not a disease: what is known stands under Evidence.</source>
      <translation>Les noms décrivent le signal, pas une maladie : ce que l’on sait figure sous Preuves.</translation>
    </message>
    <message>
      <source>SMR at C3 and C4, up</source>
      <translation>SMR en C3 et C4, hausse</translation>
    </message>
    <message>
      <source>Short name for files and commands</source>
      <translation>Nom court pour fichiers et commandes</translation>
    </message>
    <message>
      <source>Version</source>
      <translation>Version</translation>
    </message>
    <message>
      <source>Purpose, in plain words</source>
      <translation>But, en mots simples</translation>
    </message>
    <message>
      <source>Cautions, one a line</source>
      <translation>Précautions, une par ligne</translation>
    </message>
    <message>
      <source>Sessions of a course</source>
      <translation>Séances par parcours</translation>
    </message>
    <message>
      <source>Sessions a week</source>
      <translation>Séances par semaine</translation>
    </message>
    <message>
      <source>Evidence</source>
      <translation>Preuves</translation>
    </message>
    <message>
      <source>What studies found and what they did not; trials that found nothing belong here too.</source>
      <translation>Ce que les études ont trouvé et ce qu’elles n’ont pas trouvé ; les essais qui n’ont rien trouvé ont aussi leur place ici.</translation>
    </message>
    <message>
      <source>In a few words</source>
      <translation>En quelques mots</translation>
    </message>
    <message>
      <source>controlled, small</source>
      <translation>contrôlé, petit</translation>
    </message>
    <message>
      <source>What was found</source>
      <translation>Ce qui a été trouvé</translation>
    </message>
    <message>
      <source>What is not known</source>
      <translation>Ce que l’on ne sait pas</translation>
    </message>
    <message>
      <source>References</source>
      <translation>Références</translation>
    </message>
    <message>
      <source>Remove</source>
      <translation>Supprimer</translation>
    </message>
    <message>
      <source>Author A (2020) Journal 1:2</source>
      <translation>Auteur A (2020) Revue 1:2</translation>
    </message>
    <message>
      <source>DOI</source>
      <translation>DOI</translation>
    </message>
    <message>
      <source>Add a reference</source>
      <translation>Ajouter une référence</translation>
    </message>
    <message>
      <source>Compare with</source>
      <translation>Comparer avec</translation>
    </message>
    <message>
      <source>It can be compared once all its problems are solved.</source>
      <translation>La comparaison sera possible une fois tous ses problèmes résolus.</translation>
    </message>
    <message>
      <source>One value differs.</source>
      <translation>Une valeur diffère.</translation>
    </message>
    <message>
      <source>{n} values differ.</source>
      <translation>{n} valeurs diffèrent.</translation>
    </message>
    <message>
      <source>They mean the same.</source>
      <translation>Ils ont le même sens.</translation>
    </message>
    <message>
      <source>This one</source>
      <translation>Celui-ci</translation>
    </message>
    <message>
      <source>In one sentence</source>
      <translation>En une phrase</translation>
    </message>
    <message>
      <source>{name}, version {n}</source>
      <translation>{name}, version {n}</translation>
    </message>
    <message>
      <source>Condition {name}</source>
      <translation>Condition {name}</translation>
    </message>
    <message>
      <source>short name</source>
      <translation>nom court</translation>
    </message>
    <message>
      <source>band, Hz</source>
      <translation>bande, Hz</translation>
    </message>
    <message>
      <source>band from the alpha peak, Hz</source>
      <translation>bande depuis le pic alpha, Hz</translation>
    </message>
    <message>
      <source>share in, Hz</source>
      <translation>part dans, Hz</translation>
    </message>
    <message>
      <source>deviations</source>
      <translation>écarts</translation>
    </message>
    <message>
      <source>least number of sites</source>
      <translation>nombre minimal de sites</translation>
    </message>
    <message>
      <source>left sites</source>
      <translation>sites gauches</translation>
    </message>
    <message>
      <source>as usual</source>
      <translation>habituel</translation>
    </message>
    <message>
      <source>off</source>
      <translation>inactif</translation>
    </message>
    <message>
      <source>fixed value</source>
      <translation>valeur fixe</translation>
    </message>
    <message>
      <source>baseline percentile</source>
      <translation>percentile de la ligne de base</translation>
    </message>
    <message>
      <source>baseline z</source>
      <translation>z ligne de base</translation>
    </message>
    <message>
      <source>rolling percentile (auto)</source>
      <translation>percentile glissant (auto)</translation>
    </message>
    <message>
      <source>staircase (auto)</source>
      <translation>escalier (auto)</translation>
    </message>
    <message>
      <source>personal course target</source>
      <translation>objectif personnel de parcours</translation>
    </message>
    <message>
      <source>Conditions</source>
      <translation>Conditions</translation>
    </message>
    <message>
      <source>All have to be met at once. An automatic rule keeps the score steady and so hides learning.</source>
      <translation>Toutes doivent être remplies en même temps. Une règle automatique maintient le score stable et masque ainsi l’apprentissage.</translation>
    </message>
    <message>
      <source>Add a condition</source>
      <translation>Ajouter une condition</translation>
    </message>
    <message>
      <source>reward</source>
      <translation>récompense</translation>
    </message>
    <message>
      <source>inhibit</source>
      <translation>inhibition</translation>
    </message>
    <message>
      <source>▲ above</source>
      <translation>▲ au-dessus</translation>
    </message>
    <message>
      <source>▼ below</source>
      <translation>▼ en dessous</translation>
    </message>
    <message>
      <source>Threshold from</source>
      <translation>Seuil d’après</translation>
    </message>
    <message>
      <source>{n}. Feature</source>
      <translation>{n}. Indice</translation>
    </message>
    <message>
      <source>Role</source>
      <translation>Rôle</translation>
    </message>
    <message>
      <source>Has to be</source>
      <translation>Doit être</translation>
    </message>
    <message>
      <source>Value</source>
      <translation>Valeur</translation>
    </message>
    <message>
      <source>Deviations, k</source>
      <translation>Écarts, k</translation>
    </message>
    <message>
      <source>Target, %</source>
      <translation>Objectif, %</translation>
    </message>
    <message>
      <source>Window, s</source>
      <translation>Fenêtre, s</translation>
    </message>
    <message>
      <source>Gain</source>
      <translation>Gain</translation>
    </message>
    <message>
      <source>Delay</source>
      <translation>Délai</translation>
    </message>
    <message>
      <source>Cautions</source>
      <translation>Précautions</translation>
    </message>
    <message>
      <source>Sites: {sites}</source>
      <translation>Sites : {sites}</translation>
    </message>
    <message>
      <source>This file cannot be used. Edit it: the text tab shows where.</source>
      <translation>Ce fichier ne peut pas être utilisé. Modifiez-le : l’onglet du texte montre où.</translation>
    </message>
    <message>
      <source>Built in, version {n}. It cannot be changed; duplicate it to edit.</source>
      <translation>Intégré, version {n}. Il ne peut pas être modifié ; dupliquez-le pour le modifier.</translation>
    </message>
    <message>
      <source>Your own, version {n}, not used yet.</source>
      <translation>Le vôtre, version {n}, pas encore utilisé.</translation>
    </message>
    <message>
      <source>Your own, version {n}, used in a session: changes become a new version.</source>
      <translation>Le vôtre, version {n}, utilisé dans une séance : les changements deviennent une nouvelle version.</translation>
    </message>
    <message>
      <source>Your own, version {n}: the file was changed after a session had used it.</source>
      <translation>Le vôtre, version {n} : le fichier a été modifié après son utilisation dans une séance.</translation>
    </message>
    <message>
      <source>Eyes closed</source>
      <translation>Yeux fermés</translation>
    </message>
    <message>
      <source>Eyes open</source>
      <translation>Yeux ouverts</translation>
    </message>
    <message>
      <source>{eyes}, baseline {baseline}, {n} × {run}</source>
      <translation>{eyes}, ligne de base {baseline}, {n} × {run}</translation>
    </message>
    <message>
      <source>, {n} a week</source>
      <translation>, {n} par semaine</translation>
    </message>
    <message>
      <source>Course: {sessions}</source>
      <translation>Parcours : {sessions}</translation>
    </message>
    <message>
      <source>amplitude, µV</source>
      <translation>amplitude, µV</translation>
    </message>
    <message>
      <source>power, µV²</source>
      <translation>puissance, µV²</translation>
    </message>
    <message>
      <source>share of a wider band</source>
      <translation>part d’une bande plus large</translation>
    </message>
    <message>
      <source>ratio of two features</source>
      <translation>rapport de deux indices</translation>
    </message>
    <message>
      <source>asymmetry</source>
      <translation>asymétrie</translation>
    </message>
    <message>
      <source>coherence</source>
      <translation>cohérence</translation>
    </message>
    <message>
      <source>imaginary coherence</source>
      <translation>cohérence imaginaire</translation>
    </message>
    <message>
      <source>phase locking</source>
      <translation>verrouillage de phase</translation>
    </message>
    <message>
      <source>What is measured</source>
      <translation>Ce qui est mesuré</translation>
    </message>
    <message>
      <source>A feature is one number, computed some fifty times a second: mean over its sites of a band.</source>
      <translation>Un indice est un nombre, calculé une cinquantaine de fois par seconde : la moyenne d’une bande sur ses sites.</translation>
    </message>
    <message>
      <source>Add a feature</source>
      <translation>Ajouter un indice</translation>
    </message>
    <message>
      <source>Smoothing, s</source>
      <translation>Lissage, s</translation>
    </message>
    <message>
      <source>This feature …</source>
      <translation>Cet indice …</translation>
    </message>
    <message>
      <source>… divided by this one</source>
      <translation>… divisé par celui-ci</translation>
    </message>
    <message>
      <source>As a logarithm</source>
      <translation>En logarithme</translation>
    </message>
    <message>
      <source>Band, Hz</source>
      <translation>Bande, Hz</translation>
    </message>
    <message>
      <source>Or from the alpha peak, Hz</source>
      <translation>Ou depuis le pic alpha, Hz</translation>
    </message>
    <message>
      <source>Sites, if not all of them</source>
      <translation>Sites, si pas tous</translation>
    </message>
    <message>
      <source>Right sites</source>
      <translation>Sites droits</translation>
    </message>
    <message>
      <source>The two sites, if there are more</source>
      <translation>Les deux sites, s’il y en a plus</translation>
    </message>
    <message>
      <source>Left sites</source>
      <translation>Sites gauches</translation>
    </message>
    <message>
      <source>Share in, Hz</source>
      <translation>Part dans, Hz</translation>
    </message>
    <message>
      <source>Delay, s</source>
      <translation>Délai, s</translation>
    </message>
    <message>
      <source>by the band</source>
      <translation>selon la bande</translation>
    </message>
    <message>
      <source>Estimator</source>
      <translation>Estimateur</translation>
    </message>
    <message>
      <source>Filter length, s</source>
      <translation>Longueur du filtre, s</translation>
    </message>
    <message>
      <source>Slow: power over a second</source>
      <translation>Lent : puissance sur une seconde</translation>
    </message>
    <message>
      <source>none</source>
      <translation>aucun</translation>
    </message>
    <message>
      <source>Sites chosen: {sites}.</source>
      <translation>Sites choisis : {sites}.</translation>
    </message>
    <message>
      <source>{site}: chosen</source>
      <translation>{site} : choisi</translation>
    </message>
    <message>
      <source>{site}: reference</source>
      <translation>{site} : référence</translation>
    </message>
    <message>
      <source>Search protocols, bands, sites</source>
      <translation>Chercher protocoles, bandes, sites</translation>
    </message>
    <message>
      <source>No match</source>
      <translation>Aucun résultat</translation>
    </message>
    <message>
      <source>Duplicate nearest</source>
      <translation>Dupliquer le plus proche</translation>
    </message>
    <message>
      <source>No headset chosen</source>
      <translation>Aucun casque choisi</translation>
    </message>
    <message>
      <source>Back</source>
      <translation>Retour</translation>
    </message>
    <message>
      <source>Words</source>
      <translation>Mots</translation>
    </message>
    <message>
      <source>All terms, explained</source>
      <translation>Tous les termes, expliqués</translation>
    </message>
    <message>
      <source>New</source>
      <translation>Nouveau</translation>
    </message>
    <message>
      <source>Begin a protocol from nothing</source>
      <translation>Commencer un protocole à partir de rien</translation>
    </message>
    <message>
      <source>Import</source>
      <translation>Importer</translation>
    </message>
    <message>
      <source>Take over a protocol file</source>
      <translation>Reprendre un fichier de protocole</translation>
    </message>
    <message>
      <source>Go on with unsaved changes</source>
      <translation>Continuer avec les changements non enregistrés</translation>
    </message>
    <message>
      <source>Duplicate to edit</source>
      <translation>Dupliquer et modifier</translation>
    </message>
    <message>
      <source>Edit</source>
      <translation>Modifier</translation>
    </message>
    <message>
      <source>Compare</source>
      <translation>Comparer</translation>
    </message>
    <message>
      <source>Preview</source>
      <translation>Aperçu</translation>
    </message>
    <message>
      <source>Export</source>
      <translation>Exporter</translation>
    </message>
    <message>
      <source>Headset</source>
      <translation>Casque</translation>
    </message>
    <message>
      <source>{file}
cannot be read</source>
      <translation>{file}
illisible</translation>
    </message>
    <message>
      <source>own, version {n} · </source>
      <translation>propre, version {n} · </translation>
    </message>
    <message>
      <source>Built-in ones cannot be changed</source>
      <translation>Les protocoles intégrés ne peuvent pas être modifiés</translation>
    </message>
    <message>
      <source>{file} cannot be read ({why}).</source>
      <translation>{file} ne peut pas être lu ({why}).</translation>
    </message>
    <message>
      <source>{name} (copy)</source>
      <translation>{name} (copie)</translation>
    </message>
    <message>
      <source>Imported as {file}.</source>
      <translation>Importé sous {file}.</translation>
    </message>
    <message>
      <source>A protocol file</source>
      <translation>Un fichier de protocole</translation>
    </message>
    <message>
      <source>Export the protocol</source>
      <translation>Exporter le protocole</translation>
    </message>
    <message>
      <source>Written to {file}.</source>
      <translation>Écrit dans {file}.</translation>
    </message>
    <message>
      <source>Parts of the protocol</source>
      <translation>Parties du protocole</translation>
    </message>
    <message>
      <source>Sites</source>
      <translation>Sites</translation>
    </message>
    <message>
      <source>Features</source>
      <translation>Indices</translation>
    </message>
    <message>
      <source>Reward</source>
      <translation>Récompense</translation>
    </message>
    <message>
      <source>Undo</source>
      <translation>Annuler</translation>
    </message>
    <message>
      <source>Ctrl+Z</source>
      <translation>Ctrl+Z</translation>
    </message>
    <message>
      <source>Redo</source>
      <translation>Rétablir</translation>
    </message>
    <message>
      <source>Ctrl+Shift+Z</source>
      <translation>Ctrl+Shift+Z</translation>
    </message>
    <message>
      <source>Write this protocol as one file</source>
      <translation>Écrire ce protocole en un seul fichier</translation>
    </message>
    <message>
      <source>Save as new version</source>
      <translation>Nouvelle version</translation>
    </message>
    <message>
      <source>Ctrl+S</source>
      <translation>Ctrl+S</translation>
    </message>
    <message>
      <source>New protocol</source>
      <translation>Nouveau protocole</translation>
    </message>
    <message>
      <source>The sentence that says what is rewarded stands here once the problems are solved.</source>
      <translation>La phrase qui dit ce qui est récompensé apparaît ici une fois les problèmes résolus.</translation>
    </message>
    <message>
      <source>The text cannot be read: {why}</source>
      <translation>Le texte ne peut pas être lu : {why}</translation>
    </message>
    <message>
      <source>Sessions have used version {n}, so it stays as it is. Changes are saved as a new version.</source>
      <translation>Des séances ont utilisé la version {n}, elle reste donc telle quelle. Les changements sont enregistrés comme nouvelle version.</translation>
    </message>
    <message>
      <source>Saved as {file}.</source>
      <translation>Enregistré sous {file}.</translation>
    </message>
    <message>
      <source>Simulated client</source>
      <translation>Client simulé</translation>
    </message>
    <message>
      <source>Last recording</source>
      <translation>Dernier enregistrement</translation>
    </message>
    <message>
      <source>A file …</source>
      <translation>Un fichier …</translation>
    </message>
    <message>
      <source>Run preview</source>
      <translation>Lancer l’aperçu</translation>
    </message>
    <message>
      <source>Preview on</source>
      <translation>Aperçu sur</translation>
    </message>
    <message>
      <source>Nothing is recorded or changed.</source>
      <translation>Rien n’est enregistré ni modifié.</translation>
    </message>
    <message>
      <source>It can be previewed once its problems are solved.</source>
      <translation>L’aperçu sera possible une fois ses problèmes résolus.</translation>
    </message>
    <message>
      <source>Computing …</source>
      <translation>Calcul …</translation>
    </message>
    <message>
      <source>Cancelled.</source>
      <translation>Annulé.</translation>
    </message>
    <message>
      <source>There is no recording yet. Record a session, or choose a file.</source>
      <translation>Il n’y a pas encore d’enregistrement. Enregistrez une séance, ou choisissez un fichier.</translation>
    </message>
    <message>
      <source>No file is chosen. Choose one.</source>
      <translation>Aucun fichier n’est choisi. Choisissez-en un.</translation>
    </message>
    <message>
      <source>A recording</source>
      <translation>Un enregistrement</translation>
    </message>
    <message>
      <source>No clean time after the baseline, so no reward can be expected. Try a longer one.</source>
      <translation>Pas de temps propre après la ligne de base, donc aucune récompense à prévoir. Essayez-en un plus long.</translation>
    </message>
    <message>
      <source>On {s:.0f} s of clean training.</source>
      <translation>Sur {s:.0f} s d’entraînement propre.</translation>
    </message>
    <message>
      <source>Aim for 40 to 80 % in range: change a target.</source>
      <translation>Visez 40 à 80 % dans la cible : changez un objectif.</translation>
    </message>
    <message>
      <source>In range, all conditions</source>
      <translation>Dans la cible, toutes conditions</translation>
    </message>
    <message>
      <source>Joint rate in the baseline</source>
      <translation>Taux conjoint dans la ligne de base</translation>
    </message>
    <message>
      <source>Tokens a minute</source>
      <translation>Jetons par minute</translation>
    </message>
    <message>
      <source>Held by artefacts</source>
      <translation>En attente (artefacts)</translation>
    </message>
    <message>
      <source>{s:.1f} s</source>
      <translation>{s:.1f} s</translation>
    </message>
    <message>
      <source>All conditions met without a break for the dwell time; then none for the refractory time.</source>
      <translation>Toutes les conditions remplies sans interruption pendant le temps de maintien ; puis aucune pendant le temps réfractaire.</translation>
    </message>
    <message>
      <source>Dwell, s</source>
      <translation>Maintien, s</translation>
    </message>
    <message>
      <source>Refractory time, s</source>
      <translation>Temps réfractaire, s</translation>
    </message>
    <message>
      <source>Must fall back before the next</source>
      <translation>Doit redescendre avant la suivante</translation>
    </message>
    <message>
      <source>By so many % of the threshold</source>
      <translation>De ce % du seuil</translation>
    </message>
    <message>
      <source>Guards</source>
      <translation>Garde-fous</translation>
    </message>
    <message>
      <source>While one of these limits is passed, nothing is rewarded. “off” switches it off.</source>
      <translation>Tant qu’une de ces limites est dépassée, rien n’est récompensé. « off » la désactive.</translation>
    </message>
    <message>
      <source>Movement, µV</source>
      <translation>Mouvement, µV</translation>
    </message>
    <message>
      <source>Jump, µV</source>
      <translation>Saut, µV</translation>
    </message>
    <message>
      <source>Blink, µV</source>
      <translation>Clignement, µV</translation>
    </message>
    <message>
      <source>Muscle, µV</source>
      <translation>Muscle, µV</translation>
    </message>
    <message>
      <source>Head movement, g</source>
      <translation>Mouvement de tête, g</translation>
    </message>
    <message>
      <source>Hold when drowsy</source>
      <translation>En attente si somnolence</translation>
    </message>
    <message>
      <source>Guard band</source>
      <translation>Plage de garde</translation>
    </message>
    <message>
      <source>One correction a session, logged, when the share in range leaves these limits.</source>
      <translation>Une correction par séance, consignée, quand la part dans la cible sort de ces limites.</translation>
    </message>
    <message>
      <source>Recalibrate once</source>
      <translation>Recalibrer une fois</translation>
    </message>
    <message>
      <source>Below, %</source>
      <translation>Sous, %</translation>
    </message>
    <message>
      <source>Above, %</source>
      <translation>Au-dessus, %</translation>
    </message>
    <message>
      <source>Not before, clean s</source>
      <translation>Pas avant, s propres</translation>
    </message>
    <message>
      <source>From the last, clean s</source>
      <translation>Sur les derniers, s propres</translation>
    </message>
    <message>
      <source>Clocks of baseline and runs count clean time; holds stop them.</source>
      <translation>Les horloges de la ligne de base et des séquences comptent le temps propre ; l’attente les arrête.</translation>
    </message>
    <message>
      <source>Eyes closed first, for the alpha peak, s</source>
      <translation>Yeux fermés d’abord, pour le pic alpha, s</translation>
    </message>
    <message>
      <source>Transfer run at the end, s</source>
      <translation>Séquence de transfert à la fin, s</translation>
    </message>
    <message>
      <source>Add a second part</source>
      <translation>Ajouter une seconde partie</translation>
    </message>
    <message>
      <source>Another baseline and more runs, on other conditions</source>
      <translation>Une autre ligne de base et d’autres séquences, sur d’autres conditions</translation>
    </message>
    <message>
      <source>Calm scene</source>
      <translation>Scène calme</translation>
    </message>
    <message>
      <source>Picture</source>
      <translation>Image</translation>
    </message>
    <message>
      <source>Chime at a reward</source>
      <translation>Carillon à la récompense</translation>
    </message>
    <message>
      <source>What the client is told</source>
      <translation>Ce qui est dit au client</translation>
    </message>
    <message>
      <source>Crossover</source>
      <translation>Croisement</translation>
    </message>
    <message>
      <source>When theta has stood above alpha for so long, it is told, not rewarded.</source>
      <translation>Quand thêta est resté au-dessus d’alpha assez longtemps, c’est annoncé, pas récompensé.</translation>
    </message>
    <message>
      <source>Tell the crossover</source>
      <translation>Annoncer le croisement</translation>
    </message>
    <message>
      <source>Feature of theta</source>
      <translation>Indice de thêta</translation>
    </message>
    <message>
      <source>Feature of alpha</source>
      <translation>Indice d’alpha</translation>
    </message>
    <message>
      <source>Above by, µV</source>
      <translation>Au-dessus de, µV</translation>
    </message>
    <message>
      <source>For, clean s</source>
      <translation>Pendant, s propres</translation>
    </message>
    <message>
      <source>open</source>
      <translation>ouverts</translation>
    </message>
    <message>
      <source>closed</source>
      <translation>fermés</translation>
    </message>
    <message>
      <source>Eyes</source>
      <translation>Yeux</translation>
    </message>
    <message>
      <source>Baseline, s</source>
      <translation>Ligne de base, s</translation>
    </message>
    <message>
      <source>Clean at least, s</source>
      <translation>Propre au moins, s</translation>
    </message>
    <message>
      <source>60 or half</source>
      <translation>60 ou la moitié</translation>
    </message>
    <message>
      <source>Rest after it, s</source>
      <translation>Repos ensuite, s</translation>
    </message>
    <message>
      <source>Length of a run, s</source>
      <translation>Durée d’une séquence, s</translation>
    </message>
    <message>
      <source>Rest between, s</source>
      <translation>Repos entre, s</translation>
    </message>
    <message>
      <source>Only conditions on</source>
      <translation>Conditions seulement sur</translation>
    </message>
    <message>
      <source>all</source>
      <translation>toutes</translation>
    </message>
    <message>
      <source>✓ fits: {sites}</source>
      <translation>✓ convient : {sites}</translation>
    </message>
    <message>
      <source>◐ adapted: {sites}</source>
      <translation>◐ adapté : {sites}</translation>
    </message>
    <message>
      <source>✗ not possible</source>
      <translation>✗ pas possible</translation>
    </message>
    <message>
      <source>Any headset</source>
      <translation>Tout casque</translation>
    </message>
    <message>
      <source> + link {ms:.0f}</source>
      <translation> + liaison {ms:.0f}</translation>
    </message>
    <message>
      <source> + smooth {ms:.0f}</source>
      <translation> + lissage {ms:.0f}</translation>
    </message>
    <message>
      <source> + hop {ms:.0f}</source>
      <translation> + pas {ms:.0f}</translation>
    </message>
    <message>
      <source>filter {ms:.0f}</source>
      <translation>filtre {ms:.0f}</translation>
    </message>
    <message>
      <source>Problems</source>
      <translation>Problèmes</translation>
    </message>
    <message>
      <source>Feedback within {ms:.0f} ms is learned from best. A wider band or less smoothing is faster.</source>
      <translation>On apprend le mieux d’un feedback donné en moins de {ms:.0f} ms. Une bande plus large ou moins de lissage est plus rapide.</translation>
    </message>
    <message>
      <source>All within {ms:.0f} ms.</source>
      <translation>Tous en moins de {ms:.0f} ms.</translation>
    </message>
    <message>
      <source>Press sites on the map, or type them. Arrow keys move, Space chooses.</source>
      <translation>Appuyez sur des sites de la carte, ou saisissez-les. Les flèches déplacent, Espace choisit.</translation>
    </message>
    <message>
      <source>At least so many of them</source>
      <translation>Au moins tant d’entre eux</translation>
    </message>
    <message>
      <source>the device's own</source>
      <translation>celle de l’appareil</translation>
    </message>
    <message>
      <source>average of all channels</source>
      <translation>moyenne de tous les canaux</translation>
    </message>
    <message>
      <source>linked ears, A1 and A2</source>
      <translation>oreilles reliées, A1 et A2</translation>
    </message>
    <message>
      <source>behind the ears, TP9 and TP10</source>
      <translation>derrière les oreilles, TP9 et TP10</translation>
    </message>
    <message>
      <source>Reference</source>
      <translation>Référence</translation>
    </message>
    <message>
      <source>Or the mean of these sites</source>
      <translation>Ou la moyenne de ces sites</translation>
    </message>
    <message>
      <source>On headsets without these sites</source>
      <translation>Sur les casques sans ces sites</translation>
    </message>
    <message>
      <source>Tried in this order. Sessions on stand-ins are labelled adapted, unless the sources used them too.</source>
      <translation>Essayés dans cet ordre. Les séances sur des sites de remplacement sont marquées « adapté », sauf si les sources les ont aussi utilisés.</translation>
    </message>
    <message>
      <source>Add stand-ins</source>
      <translation>Ajouter des remplaçants</translation>
    </message>
    <message>
      <source>Stand-ins</source>
      <translation>Remplaçants</translation>
    </message>
    <message>
      <source>Reference, if another</source>
      <translation>Référence, si autre</translation>
    </message>
    <message>
      <source>What is said about it</source>
      <translation>Ce qui en est dit</translation>
    </message>
    <message>
      <source>Label adapted</source>
      <translation>Mention « adapté »</translation>
    </message>
    <message>
      <source>Text of the protocol file</source>
      <translation>Texte du fichier de protocole</translation>
    </message>
    <message>
      <source>line {n}</source>
      <translation>ligne {n}</translation>
    </message>
    <message>
      <source>The film cannot be played: {reason}.</source>
      <translation>Le film ne peut pas être lu : {reason}.</translation>
    </message>
    <message>
      <source>This computer has no decoder for the film.</source>
      <translation>Cet ordinateur n’a pas de décodeur pour ce film.</translation>
    </message>
    <message>
      <source>The file has no picture.</source>
      <translation>Le fichier ne contient pas d’image.</translation>
    </message>
    <message>
      <source>The film has no length.</source>
      <translation>Le film n’a pas de durée.</translation>
    </message>
    <message>
      <source>The film has no sound: feedback is in its brightness alone.</source>
      <translation>Le film n’a pas de son : le feedback est dans sa seule luminosité.</translation>
    </message>
    <message>
      <source>{why} The calm scene is shown instead.</source>
      <translation>{why} La scène calme est montrée à la place.</translation>
    </message>
    <message>
      <source>The film has brought no picture for {seconds:.0f} seconds.</source>
      <translation>Le film n’a fourni aucune image depuis {seconds:.0f} secondes.</translation>
    </message>
    <message>
      <source>A picture of this film takes {ms:.0f} ms to fetch: fewer are shown.</source>
      <translation>Une image de ce film prend {ms:.0f} ms à charger : il en est montré moins.</translation>
    </message>
    <message>
      <source>No film has been chosen.</source>
      <translation>Aucun film n’a été choisi.</translation>
    </message>
    <message>
      <source>{path} is a folder, not a film.</source>
      <translation>{path} est un dossier, pas un film.</translation>
    </message>
    <message>
      <source>There is no file {path}.</source>
      <translation>Il n’y a pas de fichier {path}.</translation>
    </message>
    <message>
      <source>The file {path} is empty.</source>
      <translation>Le fichier {path} est vide.</translation>
    </message>
    <message>
      <source>The file {path} cannot be read: {reason}.</source>
      <translation>Le fichier {path} ne peut pas être lu : {reason}.</translation>
    </message>
    <message>
      <source>This computer cannot play films: {reason}. The calm scene is shown instead.</source>
      <translation>Cet ordinateur ne peut pas lire de films : {reason}. La scène calme est montrée à la place.</translation>
    </message>
    <message>
      <source>Bar</source>
      <translation>Barre</translation>
    </message>
    <message>
      <source>A column that rises and falls. The most direct, for measuring delays and for curious adults.</source>
      <translation>Une colonne qui monte et descend. Le plus direct, pour mesurer les délais et pour les adultes curieux.</translation>
    </message>
    <message>
      <source>Dot</source>
      <translation>Disque</translation>
    </message>
    <message>
      <source>A disc that grows and shrinks, as direct as the bar.</source>
      <translation>Un disque qui grandit et rétrécit, aussi direct que la barre.</translation>
    </message>
    <message>
      <source>Dawn over a lake</source>
      <translation>Aube sur un lac</translation>
    </message>
    <message>
      <source>Light and clear air: the sun comes through the mist. For most people.</source>
      <translation>Lumière et air clair : le soleil perce la brume. Pour la plupart des personnes.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the light come by itself.</source>
      <translation>Restez calme et éveillé. Laissez la lumière venir d’elle-même.</translation>
    </message>
    <message>
      <source>Growing branch</source>
      <translation>Branche qui pousse</translation>
    </message>
    <message>
      <source>Light falls on a branch that unfolds leaf by leaf, and never withers.</source>
      <translation>La lumière tombe sur une branche qui se déploie feuille à feuille, et ne se fane jamais.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the branch grow by itself.</source>
      <translation>Restez calme et éveillé. Laissez la branche pousser d’elle-même.</translation>
    </message>
    <message>
      <source>Own film</source>
      <translation>Film au choix</translation>
    </message>
    <message>
      <source>A film of the client's: its brightness and volume follow. It never stops or rewinds.</source>
      <translation>Un film du client : sa luminosité et son volume suivent. Il ne s’arrête ni ne revient jamais en arrière.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the film become bright by itself.</source>
      <translation>Restez calme et éveillé. Laissez le film s’éclaircir de lui-même.</translation>
    </message>
    <message>
      <source>Sound, eyes closed</source>
      <translation>Son, yeux fermés</translation>
    </message>
    <message>
      <source>A dark, quiet screen with one soft light; the feedback is in the sound.</source>
      <translation>Un écran sombre et tranquille avec une douce lumière ; le feedback est dans le son.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the sound come by itself.</source>
      <translation>Restez calme et éveillé. Laissez le son venir de lui-même.</translation>
    </message>
    <message>
      <source>Gliding kite</source>
      <translation>Cerf-volant</translation>
    </message>
    <message>
      <source>One kite over plain ground: it flies faster or slower and never falls. From six years on.</source>
      <translation>Un cerf-volant au-dessus d’un sol uni : il vole plus vite ou plus lentement et ne tombe jamais. À partir de six ans.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the kite fly by itself.</source>
      <translation>Restez calme et éveillé. Laissez le cerf-volant voler de lui-même.</translation>
    </message>
    <message>
      <source>Shade another window</source>
      <translation>Assombrir une autre fenêtre</translation>
    </message>
    <message>
      <source>Dims what a screen shows, such as a film in a browser or a game; clicks go through.</source>
      <translation>Assombrit ce qu’un écran montre, comme un film dans un navigateur ou un jeu ; les clics passent au travers.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the picture become bright by itself.</source>
      <translation>Restez calme et éveillé. Laissez l’image s’éclaircir d’elle-même.</translation>
    </message>
    <message>
      <source>Wayland lets no program place a window over all others. Log in with X11 to shade other windows.</source>
      <translation>Wayland ne laisse aucun programme placer une fenêtre au-dessus de toutes les autres. Ouvrez une session X11 pour assombrir d’autres fenêtres.</translation>
    </message>
    <message>
      <source>This desktop draws windows without transparency. Turn its compositor on to shade other windows.</source>
      <translation>Ce bureau dessine les fenêtres sans transparence. Activez son compositeur pour assombrir d’autres fenêtres.</translation>
    </message>
    <message>
      <source>There is no desktop here whose windows could be shaded.</source>
      <translation>Il n’y a pas ici de bureau dont les fenêtres pourraient être assombries.</translation>
    </message>
    <message>
      <source>Search the glossary</source>
      <translation>Chercher dans le glossaire</translation>
    </message>
    <message>
      <source>No such word. Try a shorter one.</source>
      <translation>Pas de tel mot. Essayez plus court.</translation>
    </message>
    <message>
      <source>Words of the field</source>
      <translation>Mots du domaine</translation>
    </message>
    <message>
      <source>all keys</source>
      <translation>toutes les touches</translation>
    </message>
    <message>
      <source>begin, pause, go on</source>
      <translation>commencer, pause, continuer</translation>
    </message>
    <message>
      <source>finish this stage</source>
      <translation>terminer cette étape</translation>
    </message>
    <message>
      <source>look at the signal, and back</source>
      <translation>regarder le signal, et retour</translation>
    </message>
    <message>
      <source>client's view fills the screen, and back</source>
      <translation>vue du client en plein écran, et retour</translation>
    </message>
    <message>
      <source>show the operator's strip in one-screen mode</source>
      <translation>montrer le bandeau de l’opérateur en mode un écran</translation>
    </message>
    <message>
      <source>blank the client view</source>
      <translation>masquer la vue du client</translation>
    </message>
    <message>
      <source>mute the client</source>
      <translation>couper le son du client</translation>
    </message>
    <message>
      <source>condition above</source>
      <translation>condition du dessus</translation>
    </message>
    <message>
      <source>condition below</source>
      <translation>condition du dessous</translation>
    </message>
    <message>
      <source>threshold − 2 %</source>
      <translation>seuil − 2 %</translation>
    </message>
    <message>
      <source>threshold + 2 %</source>
      <translation>seuil + 2 %</translation>
    </message>
    <message>
      <source>threshold − 0.5 %</source>
      <translation>seuil − 0,5 %</translation>
    </message>
    <message>
      <source>threshold + 0.5 %</source>
      <translation>seuil + 0,5 %</translation>
    </message>
    <message>
      <source>threshold − 10 %</source>
      <translation>seuil − 10 %</translation>
    </message>
    <message>
      <source>threshold + 10 %</source>
      <translation>seuil + 10 %</translation>
    </message>
    <message>
      <source>overall target − 5 %</source>
      <translation>objectif global − 5 %</translation>
    </message>
    <message>
      <source>overall target + 5 %</source>
      <translation>objectif global + 5 %</translation>
    </message>
    <message>
      <source>thresholds: hold or auto</source>
      <translation>seuils : figés ou auto</translation>
    </message>
    <message>
      <source>undo the last live change</source>
      <translation>annuler le dernier changement en direct</translation>
    </message>
    <message>
      <source>larger traces</source>
      <translation>tracés plus grands</translation>
    </message>
    <message>
      <source>smaller traces</source>
      <translation>tracés plus petits</translation>
    </message>
    <message>
      <source>shorter sweep</source>
      <translation>balayage plus court</translation>
    </message>
    <message>
      <source>longer sweep</source>
      <translation>balayage plus long</translation>
    </message>
    <message>
      <source>spectrum or spectrogram</source>
      <translation>spectre ou spectrogramme</translation>
    </message>
    <message>
      <source>mark this moment</source>
      <translation>marquer cet instant</translation>
    </message>
    <message>
      <source>quick marks: yawn, moved, talked, drowsy, insight, …</source>
      <translation>marques rapides : bâillement, mouvement, parole, somnolence, déclic, …</translation>
    </message>
    <message>
      <source>write a note</source>
      <translation>écrire une note</translation>
    </message>
    <message>
      <source>volumes</source>
      <translation>volumes</translation>
    </message>
    <message>
      <source>end the break, as a presenter's remote does</source>
      <translation>finir la pause, comme le fait une télécommande de présentation</translation>
    </message>
    <message>
      <source>end the session; asks first</source>
      <translation>terminer la séance ; demande d’abord</translation>
    </message>
    <message>
      <source>mark {n}</source>
      <translation>marque {n}</translation>
    </message>
    <message>
      <source>yawn</source>
      <translation>bâillement</translation>
    </message>
    <message>
      <source>moved</source>
      <translation>a bougé</translation>
    </message>
    <message>
      <source>talked</source>
      <translation>a parlé</translation>
    </message>
    <message>
      <source>drowsy</source>
      <translation>somnolence</translation>
    </message>
    <message>
      <source>insight</source>
      <translation>déclic</translation>
    </message>
    <message>
      <source>Space</source>
      <translation>Espace</translation>
    </message>
    <message>
      <source>End and keep</source>
      <translation>Terminer et garder</translation>
    </message>
    <message>
      <source>No samples for {n} seconds. What was recorded is safe.</source>
      <translation>Aucun échantillon depuis {n} secondes. Ce qui a été enregistré est en sûreté.</translation>
    </message>
    <message>
      <source>Keep trying</source>
      <translation>Continuer d’essayer</translation>
    </message>
    <message>
      <source>Switch device</source>
      <translation>Changer d’appareil</translation>
    </message>
    <message>
      <source>The link is back.</source>
      <translation>La liaison est rétablie.</translation>
    </message>
    <message>
      <source>The link is back. Checking the signal: {n} s</source>
      <translation>La liaison est rétablie. Vérification du signal : {n} s</translation>
    </message>
    <message>
      <source>The link is back. Checking the signal: going on in {n} s</source>
      <translation>La liaison est rétablie. Vérification du signal : reprise dans {n} s</translation>
    </message>
    <message>
      <source>The signal is good. Going on in {n} …</source>
      <translation>Le signal est bon. Reprise dans {n} …</translation>
    </message>
    <message>
      <source>Resume</source>
      <translation>Reprendre</translation>
    </message>
    <message>
      <source>Stay paused</source>
      <translation>Rester en pause</translation>
    </message>
    <message>
      <source>Skip</source>
      <translation>Passer</translation>
    </message>
    <message>
      <source>Only clean seconds count; the thresholds come from them.</source>
      <translation>Seules les secondes propres comptent ; les seuils en proviennent.</translation>
    </message>
    <message>
      <source>dotted: visit {n}</source>
      <translation>pointillé : visite {n}</translation>
    </message>
    <message>
      <source>clean: {so_far} so far, {needed} needed; it goes on</source>
      <translation>propre : {so_far} pour l’instant, {needed} nécessaires ; cela continue</translation>
    </message>
    <message>
      <source>clean of {length}</source>
      <translation>propre sur {length}</translation>
    </message>
    <message>
      <source>({passed} passed)</source>
      <translation>({passed} écoulées)</translation>
    </message>
    <message>
      <source>Counting clean seconds</source>
      <translation>Comptage des secondes propres</translation>
    </message>
    <message>
      <source>next: eyes closed, {length}</source>
      <translation>ensuite : yeux fermés, {length}</translation>
    </message>
    <message>
      <source>next: eyes open, {length}</source>
      <translation>ensuite : yeux ouverts, {length}</translation>
    </message>
    <message>
      <source>Waiting for the first seconds of signal …</source>
      <translation>En attente des premières secondes de signal …</translation>
    </message>
    <message>
      <source>Baseline</source>
      <translation>Ligne de base</translation>
    </message>
    <message>
      <source>Do this</source>
      <translation>Faites ceci</translation>
    </message>
    <message>
      <source>Thin and jagged is good, thick and fuzzy is muscle or mains, flat is off.</source>
      <translation>Fin et dentelé, c’est bon ; épais et flou, c’est du muscle ou du secteur ; plat, c’est débranché.</translation>
    </message>
    <message>
      <source>Ring: used by the protocol</source>
      <translation>Anneau : utilisé par le protocole</translation>
    </message>
    <message>
      <source>{site} {grade}: {reason}</source>
      <translation>{site} {grade} : {reason}</translation>
    </message>
    <message>
      <source>Every needed site is good.</source>
      <translation>Tous les sites nécessaires sont bons.</translation>
    </message>
    <message>
      <source>needed sites good for less than 5 s</source>
      <translation>sites nécessaires bons depuis moins de 5 s</translation>
    </message>
    <message>
      <source>ready in {n} s …</source>
      <translation>prêt dans {n} s …</translation>
    </message>
    <message>
      <source>Continue anyway (logged)</source>
      <translation>Continuer quand même (consigné)</translation>
    </message>
    <message>
      <source>Needed: {sites}</source>
      <translation>Nécessaires : {sites}</translation>
    </message>
    <message>
      <source>Relax the jaw</source>
      <translation>Détendre la mâchoire</translation>
    </message>
    <message>
      <source>Jaw relaxed: muscle {n} µV</source>
      <translation>Mâchoire détendue : muscle {n} µV</translation>
    </message>
    <message>
      <source>Relax the jaw: muscle {n} µV</source>
      <translation>Détendre la mâchoire : muscle {n} µV</translation>
    </message>
    <message>
      <source>Mains hum</source>
      <translation>Bruit du secteur</translation>
    </message>
    <message>
      <source>Mains {hz} Hz</source>
      <translation>Secteur {hz} Hz</translation>
    </message>
    <message>
      <source>Mains</source>
      <translation>Secteur</translation>
    </message>
    <message>
      <source>{mains} low</source>
      <translation>{mains} faible</translation>
    </message>
    <message>
      <source>{mains} high</source>
      <translation>{mains} élevé</translation>
    </message>
    <message>
      <source>Blinks show at {shown}, not at {missing}: are two electrodes swapped?</source>
      <translation>Les clignements se voient sur {shown}, pas sur {missing} : deux électrodes sont-elles inversées ?</translation>
    </message>
    <message>
      <source>and {n} more</source>
      <translation>et {n} de plus</translation>
    </message>
    <message>
      <source>Blink {n} times</source>
      <translation>Cligner {n} fois</translation>
    </message>
    <message>
      <source>Blink {wanted} times: {n} seen on {where}</source>
      <translation>Cligner {wanted} fois : {n} vus sur {where}</translation>
    </message>
    <message>
      <source>weak</source>
      <translation>faible</translation>
    </message>
    <message>
      <source>not known yet</source>
      <translation>pas encore connu</translation>
    </message>
    <message>
      <source>Search headsets</source>
      <translation>Chercher un casque</translation>
    </message>
    <message>
      <source>Scan</source>
      <translation>Détecter</translation>
    </message>
    <message>
      <source>Look for headsets and serial ports</source>
      <translation>Chercher des casques et des ports série</translation>
    </message>
    <message>
      <source>code, never a name (e.g. A031)</source>
      <translation>code, jamais un nom (p. ex. A031)</translation>
    </message>
    <message>
      <source>Connect</source>
      <translation>Connecter</translation>
    </message>
    <message>
      <source>Show all</source>
      <translation>Tout afficher</translation>
    </message>
    <message>
      <source>No headset of this name.</source>
      <translation>Aucun casque de ce nom.</translation>
    </message>
    <message>
      <source>Send to
(optional)</source>
      <translation>Envoyer à
(facultatif)</translation>
    </message>
    <message>
      <source>Connection</source>
      <translation>Connexion</translation>
    </message>
    <message>
      <source>Connect a headset</source>
      <translation>Connecter un casque</translation>
    </message>
    <message>
      <source>Connecting to {device} …</source>
      <translation>Connexion à {device} …</translation>
    </message>
    <message>
      <source>Scanning …</source>
      <translation>Détection …</translation>
    </message>
    <message>
      <source>No headset found. Switch it on, bring it near, and scan again.</source>
      <translation>Aucun casque trouvé. Allumez-le, rapprochez-le et relancez la détection.</translation>
    </message>
    <message>
      <source>Found (choose one to fill in the form):</source>
      <translation>Trouvés (choisissez-en un pour remplir le formulaire) :</translation>
    </message>
    <message>
      <source>{device} · {n} channels · {hz} Hz · {sites}</source>
      <translation>{device} · {n} canaux · {hz} Hz · {sites}</translation>
    </message>
    <message>
      <source>{device} · channels and rate as the stream has them</source>
      <translation>{device} · canaux et fréquence selon le flux</translation>
    </message>
    <message>
      <source>{field}
(optional)</source>
      <translation>{field}
(facultatif)</translation>
    </message>
    <message>
      <source>No headset is chosen.</source>
      <translation>Aucun casque n’est choisi.</translation>
    </message>
    <message>
      <source>Choose one in the list.</source>
      <translation>Choisissez-en un dans la liste.</translation>
    </message>
    <message>
      <source>{device} needs: {fields}.</source>
      <translation>{device} demande : {fields}.</translation>
    </message>
    <message>
      <source>Fill it in, or scan.</source>
      <translation>Remplissez, ou détectez.</translation>
    </message>
    <message>
      <source>No protocol is chosen.</source>
      <translation>Aucun protocole n’est choisi.</translation>
    </message>
    <message>
      <source>Put a protocol file into the protocols folder.</source>
      <translation>Placez un fichier de protocole dans le dossier des protocoles.</translation>
    </message>
    <message>
      <source>Verify</source>
      <translation>Vérifier</translation>
    </message>
    <message>
      <source>Recompute every decision and compare</source>
      <translation>Recalculer chaque décision et comparer</translation>
    </message>
    <message>
      <source>Export…</source>
      <translation>Exporter…</translation>
    </message>
    <message>
      <source>The session note as a PDF</source>
      <translation>La note de séance en PDF</translation>
    </message>
    <message>
      <source>Record a session</source>
      <translation>Enregistrer une séance</translation>
    </message>
    <message>
      <source>Drop a file or record a session.</source>
      <translation>Déposez un fichier ou enregistrez une séance.</translation>
    </message>
    <message>
      <source>Drop an EDF, BDF, BrainVision, XDF or CSV file here</source>
      <translation>Déposez ici un fichier EDF, BDF, BrainVision, XDF ou CSV</translation>
    </message>
    <message>
      <source>Recording to replay</source>
      <translation>Enregistrement à relire</translation>
    </message>
    <message>
      <source>Browse</source>
      <translation>Parcourir</translation>
    </message>
    <message>
      <source>Protocol of the replay</source>
      <translation>Protocole de la relecture</translation>
    </message>
    <message>
      <source>Replay file</source>
      <translation>Relire le fichier</translation>
    </message>
    <message>
      <source>A replay is decided by the same engine as a live session. Nothing is recorded.</source>
      <translation>Une relecture est décidée par le même moteur qu’une séance en direct. Rien n’est enregistré.</translation>
    </message>
    <message>
      <source>Another file, or another protocol</source>
      <translation>Un autre fichier, ou un autre protocole</translation>
    </message>
    <message>
      <source>Length</source>
      <translation>Durée</translation>
    </message>
    <message>
      <source>complete</source>
      <translation>complet</translation>
    </message>
    <message>
      <source>recovered after an interruption</source>
      <translation>récupéré après une interruption</translation>
    </message>
    <message>
      <source>being recorded, or interrupted</source>
      <translation>en cours d’enregistrement, ou interrompu</translation>
    </message>
    <message>
      <source>cannot be read</source>
      <translation>illisible</translation>
    </message>
    <message>
      <source>As recorded</source>
      <translation>Comme enregistré</translation>
    </message>
    <message>
      <source>Reading …</source>
      <translation>Lecture …</translation>
    </message>
    <message>
      <source>Recomputing every decision …</source>
      <translation>Recalcul de chaque décision …</translation>
    </message>
    <message>
      <source>Exporting …</source>
      <translation>Exportation …</translation>
    </message>
    <message>
      <source>All files</source>
      <translation>Tous les fichiers</translation>
    </message>
    <message>
      <source>Open a recording</source>
      <translation>Ouvrir un enregistrement</translation>
    </message>
    <message>
      <source>No file is chosen. Drop one here, or browse.</source>
      <translation>Aucun fichier n’est choisi. Déposez-en un ici, ou parcourez.</translation>
    </message>
    <message>
      <source>One more file was left out.</source>
      <translation>Un autre fichier a été laissé de côté.</translation>
    </message>
    <message>
      <source>{n} more files were left out.</source>
      <translation>{n} autres fichiers ont été laissés de côté.</translation>
    </message>
    <message>
      <source>{time} left of the break</source>
      <translation>encore {time} de pause</translation>
    </message>
    <message>
      <source>Keep</source>
      <translation>Garder</translation>
    </message>
    <message>
      <source>Start the next run</source>
      <translation>Lancer la séquence suivante</translation>
    </message>
    <message>
      <source>Re-check signal</source>
      <translation>Revérifier le signal</translation>
    </message>
    <message>
      <source>Note, Enter keeps it</source>
      <translation>Note, Entrée la garde</translation>
    </message>
    <message>
      <source>What the client sees in the next run</source>
      <translation>Ce que le client voit dans la séquence suivante</translation>
    </message>
    <message>
      <source>What the client hears in the next run</source>
      <translation>Ce que le client entendra dans la séquence suivante</translation>
    </message>
    <message>
      <source>client says: {feeling}</source>
      <translation>le client dit : {feeling}</translation>
    </message>
    <message>
      <source>How is it now?</source>
      <translation>Comment allez-vous ?</translation>
    </message>
    <message>
      <source>Feedback for the next run</source>
      <translation>Feedback de la séquence suivante</translation>
    </message>
    <message>
      <source>Client sees</source>
      <translation>Le client voit</translation>
    </message>
    <message>
      <source>The client goes on with Space, Enter or {keys}, not before the time is over.</source>
      <translation>Le client continue avec Espace, Entrée ou {keys}, pas avant la fin du temps prévu.</translation>
    </message>
    <message>
      <source>The next run begins by itself.</source>
      <translation>La séquence suivante commence d’elle-même.</translation>
    </message>
    <message>
      <source>Start run {n}</source>
      <translation>Lancer la séquence {n}</translation>
    </message>
    <message>
      <source>Go on</source>
      <translation>Continuer</translation>
    </message>
    <message>
      <source>Run {n} done</source>
      <translation>Séquence {n} terminée</translation>
    </message>
    <message>
      <source>Break</source>
      <translation>Pause</translation>
    </message>
    <message>
      <source>{share} in range · clean {clean} · rewards {n} in {time} of valid time</source>
      <translation>{share} dans la cible · propre {clean} · récompenses {n} en {time} de temps valide</translation>
    </message>
    <message>
      <source>Suggest {moves} (would have given {share})</source>
      <translation>Proposition : {moves} (aurait donné {share})</translation>
    </message>
    <message>
      <source>Applied for the next run.</source>
      <translation>Appliqué pour la séquence suivante.</translation>
    </message>
    <message>
      <source>In the next run: {feedback}, {sound}</source>
      <translation>Dans la séquence suivante : {feedback}, {sound}</translation>
    </message>
    <message>
      <source>Noted: {text}</source>
      <translation>Noté : {text}</translation>
    </message>
    <message>
      <source>Research and education software for EEG self-regulation training. Not a medical device; not intended to diagnose, treat, cure, mitigate or prevent any disease, nor to replace care. Evidence for depression is preliminary. Do not change medication or other treatment because of it.</source>
      <translation>Logiciel de recherche et d’éducation pour l’entraînement à l’autorégulation de l’EEG. Ce n’est pas un dispositif médical ; il n’est pas destiné à diagnostiquer, traiter, guérir, atténuer ou prévenir une maladie, ni à remplacer des soins. Les preuves concernant la dépression sont préliminaires. Ne modifiez pas un médicament ou un autre traitement à cause de ce logiciel.</translation>
    </message>
    <message>
      <source>Neurofeedback</source>
      <translation>Neurofeedback</translation>
    </message>
    <message>
      <source>Measure a brain rhythm, reward it while it happens, keep an honest record. Nothing leaves this computer.</source>
      <translation>Mesurer un rythme cérébral, le récompenser quand il se produit, en garder une trace honnête. Rien ne quitte cet ordinateur.</translation>
    </message>
    <message>
      <source>Try it now: synthetic headset</source>
      <translation>Essayer maintenant : casque synthétique</translation>
    </message>
    <message>
      <source>Connect my headset</source>
      <translation>Connecter mon casque</translation>
    </message>
    <message>
      <source>Open in replay</source>
      <translation>Ouvrir en relecture</translation>
    </message>
    <message>
      <source>Close  Ctrl+Enter</source>
      <translation>Fermer  Ctrl+Enter</translation>
    </message>
    <message>
      <source>Amplitude and threshold over the session</source>
      <translation>Amplitude et seuil au cours de la séance</translation>
    </message>
    <message>
      <source>Features are means over clean time. Saved in {folder}</source>
      <translation>Les indices sont des moyennes sur le temps propre. Enregistré dans {folder}</translation>
    </message>
    <message>
      <source>Features are means over clean time. Nothing was recorded.</source>
      <translation>Les indices sont des moyennes sur le temps propre. Rien n’a été enregistré.</translation>
    </message>
    <message>
      <source>no session</source>
      <translation>pas de séance</translation>
    </message>
    <message>
      <source>Session summary · {reason}</source>
      <translation>Résumé de la séance · {reason}</translation>
    </message>
    <message>
      <source>minutes (means of {step} s, n = {n}; dashed: threshold)</source>
      <translation>minutes (moyennes de {step} s, n = {n} ; tirets : seuil)</translation>
    </message>
    <message>
      <source>{feature} and its threshold over {minutes} minutes</source>
      <translation>{feature} et son seuil sur {minutes} minutes</translation>
    </message>
    <message>
      <source>% of valid time</source>
      <translation>% du temps valide</translation>
    </message>
    <message>
      <source>run (n = {n})</source>
      <translation>séquence (n = {n})</translation>
    </message>
    <message>
      <source>Time in range: {runs}</source>
      <translation>Temps dans la cible : {runs}</translation>
    </message>
    <message>
      <source>run {n} {share}</source>
      <translation>séquence {n} {share}</translation>
    </message>
    <message>
      <source>Trained {time}</source>
      <translation>Entraîné {time}</translation>
    </message>
    <message>
      <source>clean {share}</source>
      <translation>propre {share}</translation>
    </message>
    <message>
      <source>clean {share} (held: {causes})</source>
      <translation>propre {share} (en attente : {causes})</translation>
    </message>
    <message>
      <source>gaps {n}</source>
      <translation>lacunes {n}</translation>
    </message>
    <message>
      <source>gaps {n} ({missing})</source>
      <translation>lacunes {n} ({missing})</translation>
    </message>
    <message>
      <source>threshold changes {n}</source>
      <translation>changements de seuil {n}</translation>
    </message>
    <message>
      <source>rewards {n}</source>
      <translation>récompenses {n}</translation>
    </message>
    <message>
      <source>loop delay {median} ms median, {p95} ms p95</source>
      <translation>délai de boucle {median} ms médian, {p95} ms p95</translation>
    </message>
    <message>
      <source>auto: score ≠ learning</source>
      <translation>auto : score ≠ apprentissage</translation>
    </message>
    <message>
      <source>Undo the last live change</source>
      <translation>Annuler le dernier changement en direct</translation>
    </message>
    <message>
      <source>Blank</source>
      <translation>Masquer</translation>
    </message>
    <message>
      <source>Blank the client view</source>
      <translation>Masquer la vue du client</translation>
    </message>
    <message>
      <source>Mute</source>
      <translation>Muet</translation>
    </message>
    <message>
      <source>Mute the client</source>
      <translation>Couper le son du client</translation>
    </message>
    <message>
      <source>Stop and talk</source>
      <translation>Arrêter et parler</translation>
    </message>
    <message>
      <source>Pause, blank, and write a note</source>
      <translation>Mettre en pause, masquer et écrire une note</translation>
    </message>
    <message>
      <source>What the client sees now</source>
      <translation>Ce que le client voit en ce moment</translation>
    </message>
    <message>
      <source>Mark</source>
      <translation>Marque</translation>
    </message>
    <message>
      <source>amplitude</source>
      <translation>amplitude</translation>
    </message>
    <message>
      <source>blink</source>
      <translation>clignement</translation>
    </message>
    <message>
      <source>muscle</source>
      <translation>muscle</translation>
    </message>
    <message>
      <source>held above: {limits}</source>
      <translation>attente au-dessus de : {limits}</translation>
    </message>
    <message>
      <source>Note ({key}), Enter keeps it</source>
      <translation>Note ({key}), Entrée la garde</translation>
    </message>
    <message>
      <source>paused</source>
      <translation>en pause</translation>
    </message>
    <message>
      <source>page {n} of {many}</source>
      <translation>page {n} sur {many}</translation>
    </message>
    <message>
      <source>The client has no screen of their own. {key} shows the client's view on it, and comes back.</source>
      <translation>Le client n’a pas d’écran à lui. {key} montre ici la vue du client, et revient.</translation>
    </message>
    <message>
      <source>Use one-screen mode</source>
      <translation>Passer en mode un écran</translation>
    </message>
    <message>
      <source>The client's screen is gone. Sound goes on, and the mirror shows the picture.</source>
      <translation>L’écran du client n’est plus là. Le son continue, et le miroir montre l’image.</translation>
    </message>
    <message>
      <source>mark</source>
      <translation>marque</translation>
    </message>
    <message>
      <source>went on from the signal check with {sites}</source>
      <translation>a continué depuis la vérification du signal avec {sites}</translation>
    </message>
    <message>
      <source>talked: </source>
      <translation>a parlé : </translation>
    </message>
    <message>
      <source>Not now: there is no threshold before the baseline.</source>
      <translation>Pas maintenant : il n’y a pas de seuil avant la ligne de base.</translation>
    </message>
    <message>
      <source>target {share}</source>
      <translation>objectif {share}</translation>
    </message>
    <message>
      <source>Nothing to undo.</source>
      <translation>Rien à annuler.</translation>
    </message>
    <message>
      <source>Back to {what}.</source>
      <translation>Retour à : {what}.</translation>
    </message>
    <message>
      <source>Pause</source>
      <translation>Pause</translation>
    </message>
    <message>
      <source>Begin, pause, go on</source>
      <translation>Commencer, pause, continuer</translation>
    </message>
    <message>
      <source>Next</source>
      <translation>Suivant</translation>
    </message>
    <message>
      <source>Next stage</source>
      <translation>Étape suivante</translation>
    </message>
    <message>
      <source>Open the client's window; the key fills its screen</source>
      <translation>Ouvrir la fenêtre du client ; la touche remplit son écran</translation>
    </message>
    <message>
      <source>End</source>
      <translation>Fin</translation>
    </message>
    <message>
      <source>End the session and keep the data</source>
      <translation>Terminer la séance et garder les données</translation>
    </message>
    <message>
      <source>Make it worse</source>
      <translation>Dégrader</translation>
    </message>
    <message>
      <source>Try the alarms on the demo signal</source>
      <translation>Essayer les alarmes sur le signal de démonstration</translation>
    </message>
    <message>
      <source>How much is shown</source>
      <translation>Niveau d’affichage</translation>
    </message>
    <message>
      <source>The time now, and when the last run is over if nothing is held or paused.</source>
      <translation>L’heure, et celle de la fin de la dernière séquence si rien n’est suspendu ni mis en pause.</translation>
    </message>
    <message>
      <source>How much is shown. The session and its recording are the same.</source>
      <translation>Ce qui est affiché. La séance et son enregistrement sont les mêmes.</translation>
    </message>
    <message>
      <source>Begin</source>
      <translation>Démarrer</translation>
    </message>
    <message>
      <source>{time} left in this stage</source>
      <translation>encore {time} dans cette étape</translation>
    </message>
    <message>
      <source>{now} → ends {end}</source>
      <translation>{now} → fin {end}</translation>
    </message>
    <message>
      <source>REC ● {length}</source>
      <translation>REC ● {length}</translation>
    </message>
    <message>
      <source>Simple</source>
      <translation>Simple</translation>
    </message>
    <message>
      <source>Standard</source>
      <translation>Standard</translation>
    </message>
    <message>
      <source>Research</source>
      <translation>Recherche</translation>
    </message>
    <message>
      <source>Three blinks</source>
      <translation>Trois clignements</translation>
    </message>
    <message>
      <source>Muscle for 3 s</source>
      <translation>Muscle pendant 3 s</translation>
    </message>
    <message>
      <source>Lost contact for 14 s</source>
      <translation>Contact perdu 14 s</translation>
    </message>
    <message>
      <source>Drop-out of 3 s</source>
      <translation>Coupure de 3 s</translation>
    </message>
    <message>
      <source>Lost link for 14 s</source>
      <translation>Liaison perdue 14 s</translation>
    </message>
    <message>
      <source>Next tip</source>
      <translation>Astuce suivante</translation>
    </message>
    <message>
      <source>Tip {number} of {n}. {tip}</source>
      <translation>Astuce {number} sur {n}. {tip}</translation>
    </message>
    <message>
      <source>Not now: {reason}</source>
      <translation>Pas maintenant : {reason}</translation>
    </message>
    <message>
      <source>Marked: {text}</source>
      <translation>Marqué : {text}</translation>
    </message>
    <message>
      <source>Note kept.</source>
      <translation>Note gardée.</translation>
    </message>
    <message>
      <source>From the next stage on: {peak}</source>
      <translation>À partir de l’étape suivante : {peak}</translation>
    </message>
    <message>
      <source>Adapted to this headset: {note}</source>
      <translation>Adapté à ce casque : {note}</translation>
    </message>
    <message>
      <source>Baseline done</source>
      <translation>Ligne de base faite</translation>
    </message>
    <message>
      <source>Break: the client goes on</source>
      <translation>Pause : au client de continuer</translation>
    </message>
    <message>
      <source>{why}: a ring is shown instead of the chime.</source>
      <translation>{why} : un anneau est montré à la place du carillon.</translation>
    </message>
    <message>
      <source>Show</source>
      <translation>Montrer</translation>
    </message>
    <message>
      <source>Unmute</source>
      <translation>Rétablir le son</translation>
    </message>
    <message>
      <source>the thresholds before</source>
      <translation>les seuils d’avant</translation>
    </message>
    <message>
      <source>automatic thresholds</source>
      <translation>seuils automatiques</translation>
    </message>
    <message>
      <source>held thresholds</source>
      <translation>seuils figés</translation>
    </message>
    <message>
      <source>the feedback before</source>
      <translation>le feedback d’avant</translation>
    </message>
    <message>
      <source>the fixed bands</source>
      <translation>les bandes fixes</translation>
    </message>
    <message>
      <source>alpha peak {hz} Hz</source>
      <translation>pic alpha {hz} Hz</translation>
    </message>
    <message>
      <source>Waiting for the headset</source>
      <translation>En attente du casque</translation>
    </message>
    <message>
      <source>Session ended</source>
      <translation>Séance terminée</translation>
    </message>
    <message>
      <source>Signal check</source>
      <translation>Vérification du signal</translation>
    </message>
    <message>
      <source>Baseline, eyes open</source>
      <translation>Ligne de base, yeux ouverts</translation>
    </message>
    <message>
      <source>Baseline, eyes closed</source>
      <translation>Ligne de base, yeux fermés</translation>
    </message>
    <message>
      <source>Run {run} of {n_runs}</source>
      <translation>Séquence {run} sur {n_runs}</translation>
    </message>
    <message>
      <source>Run {run} of {n_runs}, without feedback</source>
      <translation>Séquence {run} sur {n_runs}, sans feedback</translation>
    </message>
    <message>
      <source>Less than 500 MB are free on the disk.</source>
      <translation>Il reste moins de 500 Mo sur le disque.</translation>
    </message>
    <message>
      <source>Less than 100 MB are free on the disk: make room, or end soon.</source>
      <translation>Il reste moins de 100 Mo sur le disque : faites de la place ou terminez bientôt.</translation>
    </message>
    <message>
      <source>DEMO SIGNAL</source>
      <translation>SIGNAL DE DÉMO</translation>
    </message>
    <message>
      <source>REPLAY — not live</source>
      <translation>RELECTURE — pas en direct</translation>
    </message>
    <message>
      <source>sound on</source>
      <translation>son activé</translation>
    </message>
    <message>
      <source>Still connecting.</source>
      <translation>Connexion en cours.</translation>
    </message>
    <message>
      <source>{stage} is running.</source>
      <translation>{stage} est en cours.</translation>
    </message>
    <message>
      <source>Keep going</source>
      <translation>Continuer</translation>
    </message>
    <message>
      <source>End and keep data</source>
      <translation>Terminer et garder les données</translation>
    </message>
    <message>
      <source>nfb {version} · Qt {qt} · Python {python}</source>
      <translation>nfb {version} · Qt {qt} · Python {python}</translation>
    </message>
    <message>
      <source>Licence</source>
      <translation>Licence</translation>
    </message>
    <message>
      <source>MIT licence: use, change and pass it on freely, with the notice, and without any warranty.</source>
      <translation>Licence MIT : utilisez, modifiez et transmettez librement ce programme, avec l’avis de licence et sans aucune garantie.</translation>
    </message>
    <message>
      <source>Icons and typeface</source>
      <translation>Icônes et police</translation>
    </message>
    <message>
      <source>The icons were drawn for this program and come under its licence. The typeface is the system's own; Atkinson Hyperlegible (SIL Open Font License) is used if you have installed it.</source>
      <translation>Les icônes ont été dessinées pour ce programme et relèvent de sa licence. La police est celle du système ; Atkinson Hyperlegible (SIL Open Font License) est utilisée si vous l’avez installée.</translation>
    </message>
    <message>
      <source>Built on</source>
      <translation>Repose sur</translation>
    </message>
    <message>
      <source>Appearance</source>
      <translation>Apparence</translation>
    </message>
    <message>
      <source>Size of everything</source>
      <translation>Taille de l’affichage</translation>
    </message>
    <message>
      <source>{n} %</source>
      <translation>{n} %</translation>
    </message>
    <message>
      <source>Takes effect when the program is started again.</source>
      <translation>Prend effet au prochain démarrage du programme.</translation>
    </message>
    <message>
      <source>Reduced motion</source>
      <translation>Mouvement réduit</translation>
    </message>
    <message>
      <source>Nothing moves by itself in the client's view; feedback is brightness and size alone.</source>
      <translation>Rien ne bouge tout seul dans la vue du client ; le feedback n’est que luminosité et taille.</translation>
    </message>
    <message>
      <source>High contrast</source>
      <translation>Contraste élevé</translation>
    </message>
    <message>
      <source>Black and white surfaces, stronger edges.</source>
      <translation>Surfaces noires et blanches, bords plus marqués.</translation>
    </message>
    <message>
      <source>Typeface for low vision</source>
      <translation>Police pour basse vision</translation>
    </message>
    <message>
      <source>Atkinson Hyperlegible.</source>
      <translation>Atkinson Hyperlegible.</translation>
    </message>
    <message>
      <source>Atkinson Hyperlegible is not installed on this computer. It is free: install it and come back.</source>
      <translation>Atkinson Hyperlegible n’est pas installée sur cet ordinateur. Elle est gratuite : installez-la et revenez.</translation>
    </message>
    <message>
      <source>Language</source>
      <translation>Langue</translation>
    </message>
    <message>
      <source>At {n} % the window needs {width} × {height} pixels, more than any screen here has.</source>
      <translation>À {n} %, la fenêtre demande {width} × {height} pixels, plus que n’en a aucun écran ici.</translation>
    </message>
    <message>
      <source>As the system</source>
      <translation>Comme le système</translation>
    </message>
    <message>
      <source>Dark</source>
      <translation>Sombre</translation>
    </message>
    <message>
      <source>Light</source>
      <translation>Clair</translation>
    </message>
    <message>
      <source>{name}: not available yet</source>
      <translation>{name} : pas encore disponible</translation>
    </message>
    <message>
      <source>As the system, where available</source>
      <translation>Comme le système, si disponible</translation>
    </message>
    <message>
      <source>This language is not available yet. The one before is kept.</source>
      <translation>Cette langue n’est pas encore disponible. La précédente est conservée.</translation>
    </message>
    <message>
      <source>The usual keys are used. {error}</source>
      <translation>Les touches habituelles sont utilisées. {error}</translation>
    </message>
    <message>
      <source>Data</source>
      <translation>Données</translation>
    </message>
    <message>
      <source>Change…</source>
      <translation>Modifier…</translation>
    </message>
    <message>
      <source>Folder</source>
      <translation>Dossier</translation>
    </message>
    <message>
      <source>Client book</source>
      <translation>Carnet clients</translation>
    </message>
    <message>
      <source>Test</source>
      <translation>Tester</translation>
    </message>
    <message>
      <source>File or database</source>
      <translation>Fichier ou base</translation>
    </message>
    <message>
      <source>Several desks share a PostgreSQL database: postgresql://user:password@server/name</source>
      <translation>Plusieurs postes partagent une base de données PostgreSQL : postgresql://user:password@server/name</translation>
    </message>
    <message>
      <source>the usual file</source>
      <translation>le fichier habituel</translation>
    </message>
    <message>
      <source>At the desk</source>
      <translation>Au poste</translation>
    </message>
    <message>
      <source>Your name in the audit trail and on notes; empty for the name of your account.</source>
      <translation>Votre nom dans le journal d’audit et sur les notes ; vide pour le nom de votre compte.</translation>
    </message>
    <message>
      <source>Copy everything</source>
      <translation>Tout copier</translation>
    </message>
    <message>
      <source>All recordings, the client book if it is a file, and these settings, into a folder of your choice.</source>
      <translation>Tous les enregistrements, le carnet clients si c’est un fichier, et ces réglages, dans un dossier de votre choix.</translation>
    </message>
    <message>
      <source>Copy everything…</source>
      <translation>Tout copier…</translation>
    </message>
    <message>
      <source>The environment variable {name} decides this as long as it is set.</source>
      <translation>La variable d’environnement {name} en décide tant qu’elle est définie.</translation>
    </message>
    <message>
      <source>Folder of recordings</source>
      <translation>Dossier des enregistrements</translation>
    </message>
    <message>
      <source>{place}: the room on its disk is not known.</source>
      <translation>{place} : l’espace libre sur son disque n’est pas connu.</translation>
    </message>
    <message>
      <source>{place}: room for {hours} hours of 8 channels at 250 Hz.</source>
      <translation>{place} : de la place pour {hours} heures de 8 canaux à 250 Hz.</translation>
    </message>
    <message>
      <source>Looking …</source>
      <translation>Recherche …</translation>
    </message>
    <message>
      <source>There is no client book yet; it is made when you use this place.</source>
      <translation>Il n’y a pas encore de carnet clients ; il est créé quand vous utilisez cet emplacement.</translation>
    </message>
    <message>
      <source>Found: {n} client.</source>
      <translation>Trouvé : {n} client.</translation>
    </message>
    <message>
      <source>Found: {n} clients.</source>
      <translation>Trouvés : {n} clients.</translation>
    </message>
    <message>
      <source>In use: {place}</source>
      <translation>Utilisé : {place}</translation>
    </message>
    <message>
      <source>It stands in the client book, which is not open yet.</source>
      <translation>Il figure dans le carnet clients, qui n’est pas encore ouvert.</translation>
    </message>
    <message>
      <source>Not set yet. Scales that ask about thoughts of death or self-harm wait for it.</source>
      <translation>Pas encore défini. Les échelles qui abordent les idées de mort ou d’automutilation ne sont proposées qu’ensuite.</translation>
    </message>
    <message>
      <source>Folder for the copy</source>
      <translation>Dossier pour la copie</translation>
    </message>
    <message>
      <source>Copying …</source>
      <translation>Copie …</translation>
    </message>
    <message>
      <source>Copied to {place}</source>
      <translation>Copié dans {place}</translation>
    </message>
    <message>
      <source>“{text}” must be a whole path, from the root on.</source>
      <translation>« {text} » doit être un chemin complet, depuis la racine.</translation>
    </message>
    <message>
      <source>“{text}” is no folder that can be written. Choose another one.</source>
      <translation>« {text} » n’est pas un dossier accessible en écriture. Choisissez-en un autre.</translation>
    </message>
    <message>
      <source>“{text}”: a database's address begins with postgresql://</source>
      <translation>« {text} » : l’adresse d’une base de données commence par postgresql://</translation>
    </message>
    <message>
      <source>“{text}” must be a whole path, or begin with postgresql://</source>
      <translation>« {text} » doit être un chemin complet, ou commencer par postgresql://</translation>
    </message>
    <message>
      <source>Devices</source>
      <translation>Appareils</translation>
    </message>
    <message>
      <source>Headsets on a cable or a dongle are found here.</source>
      <translation>Les casques reliés par câble ou par dongle sont trouvés ici.</translation>
    </message>
    <message>
      <source>Use synthetic</source>
      <translation>Casque synthétique</translation>
    </message>
    <message>
      <source>Bluetooth help</source>
      <translation>Aide Bluetooth</translation>
    </message>
    <message>
      <source>Usual headset</source>
      <translation>Casque habituel</translation>
    </message>
    <message>
      <source>The connect page begins with it.</source>
      <translation>La page de connexion commence par lui.</translation>
    </message>
    <message>
      <source>{name}, not in the catalogue</source>
      <translation>{name}, absent du catalogue</translation>
    </message>
    <message>
      <source>None: choose each time</source>
      <translation>Aucun : choisir à chaque fois</translation>
    </message>
    <message>
      <source>Scan again</source>
      <translation>Détecter encore</translation>
    </message>
    <message>
      <source>No headset found. Switch it on, plug its dongle in, and scan again. Bluetooth headsets answer only when you connect to them: choose yours below, or see the Bluetooth help.</source>
      <translation>Aucun casque trouvé. Allumez-le, branchez son dongle et relancez la détection. Les casques Bluetooth ne répondent que lorsque vous vous y connectez : choisissez le vôtre ci-dessous, ou consultez l’aide Bluetooth.</translation>
    </message>
    <message>
      <source>Found:</source>
      <translation>Trouvés :</translation>
    </message>
    <message>
      <source>Connect to {board}</source>
      <translation>Connecter {board}</translation>
    </message>
    <message>
      <source>Make usual</source>
      <translation>Rendre habituel</translation>
    </message>
    <message>
      <source>When a Bluetooth headset is not found</source>
      <translation>Quand un casque Bluetooth n’est pas trouvé</translation>
    </message>
    <message>
      <source>On every system: charge the headset and switch it on. Disconnect it from phones and from other programs, since it talks to one at a time. Keep it within two metres, with no body or metal case between. A USB adapter on a short extension lead does better than one built in.</source>
      <translation>Sur tous les systèmes : chargez le casque et allumez-le. Déconnectez-le des téléphones et des autres programmes, car il ne communique qu’avec un seul à la fois. Gardez-le à moins de deux mètres, sans corps ni boîtier métallique entre les deux. Un adaptateur USB sur une courte rallonge convient mieux qu’un adaptateur intégré.</translation>
    </message>
    <message>
      <source>Bluetooth must be on and not blocked (rfkill list), and the service running (systemctl status bluetooth). BrainFlow needs libdbus-1-3; paired headsets need libbluetooth3. Do not pair a Muse or a Ganglion in the system's settings: this program connects to it by itself. Serial dongles need you in the group dialout.</source>
      <translation>Le Bluetooth doit être activé et non bloqué (rfkill list), et le service en marche (systemctl status bluetooth). BrainFlow nécessite libdbus-1-3 ; les casques appairés nécessitent libbluetooth3. N’appairez pas un Muse ou un Ganglion dans les réglages du système : ce programme s’y connecte de lui-même. Pour les dongles série, vous devez faire partie du groupe dialout.</translation>
    </message>
    <message>
      <source>Allow this program, or the terminal it was started from, under System Settings, Privacy &amp; Security, Bluetooth; then start it again. Do not pair a Muse or a Ganglion in the system's settings.</source>
      <translation>Autorisez ce programme, ou le terminal depuis lequel il a été lancé, dans Réglages Système, Confidentialité et sécurité, Bluetooth ; puis relancez-le. N’appairez pas un Muse ou un Ganglion dans les réglages du système.</translation>
    </message>
    <message>
      <source>Under Settings, Bluetooth &amp; devices, switch Bluetooth on and remove the headset there if it is listed: a paired Muse or Ganglion does not answer. Windows 10 (1903) or newer is needed. In the Device Manager, let the adapter not be switched off to save power.</source>
      <translation>Dans Paramètres, Bluetooth et appareils, activez le Bluetooth et retirez-y le casque s’il figure dans la liste : un Muse ou un Ganglion appairé ne répond pas. Windows 10 (1903) ou plus récent est nécessaire. Dans le Gestionnaire de périphériques, ne laissez pas l’adaptateur s’éteindre pour économiser l’énergie.</translation>
    </message>
    <message>
      <source>Choose an action and press its new key. Letters are letters while you type.</source>
      <translation>Choisissez une action et appuyez sur sa nouvelle touche. Les lettres restent des lettres pendant la saisie.</translation>
    </message>
    <message>
      <source>Change key</source>
      <translation>Changer</translation>
    </message>
    <message>
      <source>Usual key</source>
      <translation>Rétablir</translation>
    </message>
    <message>
      <source>All usual keys</source>
      <translation>Tout rétablir</translation>
    </message>
    <message>
      <source>All keys are the usual ones again.</source>
      <translation>Toutes les touches sont de nouveau les touches habituelles.</translation>
    </message>
    <message>
      <source>Key</source>
      <translation>Touche</translation>
    </message>
    <message>
      <source>Action</source>
      <translation>Action</translation>
    </message>
    <message>
      <source>The digits are quick marks.</source>
      <translation>Les chiffres sont des marques rapides.</translation>
    </message>
    <message>
      <source>Press the new key for “{action}”. Esc leaves it as it is.</source>
      <translation>Appuyez sur la nouvelle touche pour « {action} ». Esc la laisse telle quelle.</translation>
    </message>
    <message>
      <source>{key} means “{other}” already. Nothing was changed.</source>
      <translation>{key} signifie déjà « {other} ». Rien n’a été changé.</translation>
    </message>
    <message>
      <source>{key} means “{action}” now.</source>
      <translation>{key} signifie maintenant « {action} ».</translation>
    </message>
    <message>
      <source>{key} means “{action}” again.</source>
      <translation>{key} signifie de nouveau « {action} ».</translation>
    </message>
    <message>
      <source>close what lies over the window</source>
      <translation>fermer ce qui recouvre la fenêtre</translation>
    </message>
    <message>
      <source>find a client</source>
      <translation>trouver un client</translation>
    </message>
    <message>
      <source>go to the next part</source>
      <translation>aller à la partie suivante</translation>
    </message>
    <message>
      <source>go to a page</source>
      <translation>aller à une page</translation>
    </message>
    <message>
      <source>Continue</source>
      <translation>Continuer</translation>
    </message>
    <message>
      <source>Hidden while nobody was here</source>
      <translation>Masqué en votre absence</translation>
    </message>
    <message>
      <source>Sections of the settings</source>
      <translation>Sections des réglages</translation>
    </message>
    <message>
      <source>Privacy</source>
      <translation>Confidentialité</translation>
    </message>
    <message>
      <source>Codes only</source>
      <translation>Codes seuls</translation>
    </message>
    <message>
      <source>Names of clients are hidden on every page and in reports made from now on; they stay in the client book, and its form for a client's details still shows them.</source>
      <translation>Les noms des clients sont masqués sur toutes les pages et dans les rapports produits à partir de maintenant ; ils restent dans le carnet clients, et son formulaire de coordonnées d’un client les montre toujours.</translation>
    </message>
    <message>
      <source>Hide after</source>
      <translation>Masquer après</translation>
    </message>
    <message>
      <source>minutes without a key or a click; 0 for never</source>
      <translation>minutes sans touche ni clic ; 0 pour jamais</translation>
    </message>
    <message>
      <source>The window then shows nothing until somebody presses Continue. It keeps passing eyes out; it asks for no password and protects no file. Lock the computer itself for that. While a session runs nothing is hidden.</source>
      <translation>La fenêtre ne montre alors rien jusqu’à ce que quelqu’un appuie sur Continuer. Cela écarte les regards de passage ; cela ne demande aucun mot de passe et ne protège aucun fichier. Pour cela, verrouillez l’ordinateur lui-même. Pendant une séance, rien n’est masqué.</translation>
    </message>
    <message>
      <source>What is stored where</source>
      <translation>Ce qui est conservé, et où</translation>
    </message>
    <message>
      <source>Nothing leaves this computer, unless you chose a database on another one.</source>
      <translation>Rien ne quitte cet ordinateur, sauf si vous avez choisi une base de données sur un autre.</translation>
    </message>
    <message>
      <source>Recordings, under a client's code and never a name: {place}</source>
      <translation>Enregistrements, sous le code d’un client et jamais sous un nom : {place}</translation>
    </message>
    <message>
      <source>Names, plans, ratings, notes and the audit trail: {place}</source>
      <translation>Noms, plans, évaluations, notes et journal d’audit : {place}</translation>
    </message>
    <message>
      <source>These settings: {place}</source>
      <translation>Ces réglages : {place}</translation>
    </message>
    <message>
      <source>Screens</source>
      <translation>Écrans</translation>
    </message>
    <message>
      <source>Shows a numeral on each for two seconds</source>
      <translation>Affiche un numéro sur chacun pendant deux secondes</translation>
    </message>
    <message>
      <source>Identify</source>
      <translation>Identifier</translation>
    </message>
    <message>
      <source>Client's screen</source>
      <translation>Écran du client</translation>
    </message>
    <message>
      <source>If it is not plugged in, the client's view takes any screen but the operator's.</source>
      <translation>S’il n’est pas branché, la vue du client prend n’importe quel écran sauf celui de l’opérateur.</translation>
    </message>
    <message>
      <source>{name}, not plugged in</source>
      <translation>{name}, non branché</translation>
    </message>
    <message>
      <source>One screen for both</source>
      <translation>Un seul écran pour les deux</translation>
    </message>
    <message>
      <source>The client's view fills the operator's screen instead of a window of its own. A key goes to and fro; the client hears sound all the while.</source>
      <translation>La vue du client remplit l’écran de l’opérateur au lieu d’une fenêtre à elle. Une touche passe de l’une à l’autre ; le client entend le son tout du long.</translation>
    </message>
    <message>
      <source> · this window</source>
      <translation> · cette fenêtre</translation>
    </message>
    <message>
      <source>One screen found: use one screen for both.</source>
      <translation>Un seul écran trouvé : utilisez un seul écran pour les deux.</translation>
    </message>
    <message>
      <source>Any but the operator's</source>
      <translation>Tout sauf celui de l’opérateur</translation>
    </message>
    <message>
      <source>Screen {number}</source>
      <translation>Écran {number}</translation>
    </message>
    <message>
      <source>{words} = “{text}”: must be a whole number from {low} to {high}.</source>
      <translation>{words} = « {text} » : doit être un nombre entier de {low} à {high}.</translation>
    </message>
    <message>
      <source>Test tone</source>
      <translation>Son de test</translation>
    </message>
    <message>
      <source>Volume</source>
      <translation>Volume</translation>
    </message>
    <message>
      <source>The volume holds where a client's plan says nothing else. Full volume is soft already.</source>
      <translation>Ce volume s’applique là où le plan d’un client n’indique rien d’autre. Le volume maximal est déjà doux.</translation>
    </message>
    <message>
      <source>Operator</source>
      <translation>Opérateur</translation>
    </message>
    <message>
      <source>A soft tone when something needs a hand</source>
      <translation>Un son doux quand il faut intervenir</translation>
    </message>
    <message>
      <source>It needs a device that the client does not hear; on the client's own device it stays silent, and the bar at the top of the window says it alone.</source>
      <translation>Il faut un périphérique que le client n’entend pas ; sur celui du client, l’alerte reste silencieuse, et seule la barre en haut de la fenêtre l’indique.</translation>
    </message>
    <message>
      <source>Device for alerts</source>
      <translation>Périphérique d’alerte</translation>
    </message>
    <message>
      <source>Volume of alerts</source>
      <translation>Volume des alertes</translation>
    </message>
    <message>
      <source>No sound device was found. Sessions work without: rewards are shown.</source>
      <translation>Aucun périphérique audio n’a été trouvé. Les séances fonctionnent sans : les récompenses sont montrées.</translation>
    </message>
    <message>
      <source>The system's default device</source>
      <translation>Le périphérique par défaut du système</translation>
    </message>
    <message>
      <source>None</source>
      <translation>Aucun</translation>
    </message>
    <message>
      <source>Choose a device for alerts first.</source>
      <translation>Choisissez d’abord un périphérique d’alerte.</translation>
    </message>
    <message>
      <source>A soft tone sounds on {device}.</source>
      <translation>Un son doux retentit sur {device}.</translation>
    </message>
    <message>
      <source>Nothing is heard: {why}.</source>
      <translation>Rien ne s’entend : {why}.</translation>
    </message>
    <message>
      <source>The program could not be loaded: {error}</source>
      <translation>Le programme n’a pas pu être chargé : {error}</translation>
    </message>
    <message>
      <source>Review</source>
      <translation>Consulter</translation>
    </message>
    <message>
      <source>The check-in is not finished.</source>
      <translation>Les questions d’entrée ne sont pas terminées.</translation>
    </message>
    <message>
      <source>Go on with it</source>
      <translation>Continuer</translation>
    </message>
    <message>
      <source>Close without it</source>
      <translation>Fermer sans elles</translation>
    </message>
    <message>
      <source>A neurofeedback session is running.</source>
      <translation>Une séance de neurofeedback est en cours.</translation>
    </message>
    <message>
      <source>This computer may go to sleep by itself: switch that off in its power settings.</source>
      <translation>Cet ordinateur peut se mettre en veille tout seul : désactivez-le dans ses réglages d’énergie.</translation>
    </message>
    <message>
      <source>The computer slept for {time}. What was recorded before is safe; look at the signal.</source>
      <translation>L’ordinateur a dormi pendant {time}. Ce qui était enregistré est en sûreté ; regardez le signal.</translation>
    </message>
    <message>
      <source>The raw EEG runs from left to right. Hatched time is held: the words above say why, and it never counts.</source>
      <translation>L’EEG brut défile de gauche à droite. Le temps hachuré est en attente : les mots au-dessus disent pourquoi, et il ne compte jamais.</translation>
    </message>
    <message>
      <source>Drag the marker on a bar to move its threshold; {up} {down} choose the bar, {less} {more} move it by 2 %, {undo} undoes.</source>
      <translation>Faites glisser le repère d’une barre pour déplacer son seuil ; {up} {down} choisissent la barre, {less} {more} le déplacent de 2 %, {undo} annule.</translation>
    </message>
    <message>
      <source>Hold keeps the thresholds of the clean baseline. Auto follows the signal, and hides learning.</source>
      <translation>« Figé » garde les seuils de la ligne de base propre. « Auto » suit le signal, et masque l’apprentissage.</translation>
    </message>
    <message>
      <source>{mark} marks a moment, 1 to 9 say what it was, {note} writes a note. All of it goes into the recording.</source>
      <translation>{mark} marque un instant, 1 à 9 disent ce que c’était, {note} écrit une note. Tout cela va dans l’enregistrement.</translation>
    </message>
    <message>
      <source>{key} shows the client's view on the whole screen; the small picture below the traces is its mirror.</source>
      <translation>{key} montre la vue du client en plein écran ; la petite image sous les tracés en est le miroir.</translation>
    </message>
    <message>
      <source>“Make it worse” lets you meet the alarms: blinks, muscle, lost contact, a drop-out, a lost link.</source>
      <translation>« Dégrader » vous fait découvrir les alarmes : clignements, muscle, contact perdu, coupure, liaison perdue.</translation>
    </message>
    <message>
      <source>Mood</source>
      <translation>Humeur</translation>
    </message>
    <message>
      <source>very low</source>
      <translation>très basse</translation>
    </message>
    <message>
      <source>very good</source>
      <translation>très bonne</translation>
    </message>
    <message>
      <source>Energy</source>
      <translation>Énergie</translation>
    </message>
    <message>
      <source>plenty</source>
      <translation>beaucoup</translation>
    </message>
    <message>
      <source>Stress</source>
      <translation>Stress</translation>
    </message>
    <message>
      <source>very much</source>
      <translation>énormément</translation>
    </message>
    <message>
      <source>Sleep</source>
      <translation>Sommeil</translation>
    </message>
    <message>
      <source>very poor</source>
      <translation>très médiocre</translation>
    </message>
    <message>
      <source>No</source>
      <translation>Non</translation>
    </message>
    <message>
      <source>Yes …</source>
      <translation>Oui …</translation>
    </message>
    <message>
      <source>Note on today</source>
      <translation>Note du jour</translation>
    </message>
    <message>
      <source>Show on client screen</source>
      <translation>Montrer sur l’écran client</translation>
    </message>
    <message>
      <source>Next: signal  ⏎</source>
      <translation>Suite : signal  ⏎</translation>
    </message>
    <message>
      <source>Visit {n} · {client}</source>
      <translation>Visite {n} · {client}</translation>
    </message>
    <message>
      <source>after the last visit: {effects}</source>
      <translation>après la dernière visite : {effects}</translation>
    </message>
    <message>
      <source>alpha peak {hz} Hz, visit {n}</source>
      <translation>pic alpha {hz} Hz, visite {n}</translation>
    </message>
    <message>
      <source>Own items</source>
      <translation>Items propres</translation>
    </message>
    <message>
      <source>Medication or other treatment changed?</source>
      <translation>Changement de médicament ou d’un autre traitement ?</translation>
    </message>
    <message>
      <source>Medication and other treatments change the EEG and the mood: what began, changed or stopped.</source>
      <translation>Les médicaments et autres traitements modifient l’EEG et l’humeur : ce qui a commencé, changé ou cessé.</translation>
    </message>
    <message>
      <source>No change</source>
      <translation>Aucun changement</translation>
    </message>
    <message>
      <source>Changed</source>
      <translation>Modifié</translation>
    </message>
    <message>
      <source>Medication or other treatment: {said}</source>
      <translation>Médicament ou autre traitement : {said}</translation>
    </message>
    <message>
      <source>Kept with the visit and printed in the session note.</source>
      <translation>Gardé avec la visite et imprimé dans la note de séance.</translation>
    </message>
    <message>
      <source>Back to the client's page; nothing is kept.</source>
      <translation>Retour à la page du client ; rien n’est gardé.</translation>
    </message>
    <message>
      <source>Keep the answers and go on to the signal check (Enter).</source>
      <translation>Garder les réponses et passer à la vérification du signal (Entrée).</translation>
    </message>
    <message>
      <source>The client answers on their own screen, one question at a time.</source>
      <translation>Le client répond sur son propre écran, une question à la fois.</translation>
    </message>
    <message>
      <source>Check-in, signal, baseline, training, wrap-up; the line is where the slot ends.</source>
      <translation>Accueil, signal, ligne de base, entraînement, clôture ; le trait marque la fin du créneau.</translation>
    </message>
    <message>
      <source>What to mind with this client, and what the last visit left.</source>
      <translation>Ce à quoi veiller avec ce client, et ce que la dernière visite a laissé.</translation>
    </message>
    <message>
      <source>Leave without it</source>
      <translation>Quitter sans garder</translation>
    </message>
    <message>
      <source>What was answered here is not kept if you leave.</source>
      <translation>Les réponses données ici ne sont pas gardées si vous quittez.</translation>
    </message>
    <message>
      <source>Choose a protocol.</source>
      <translation>Choisissez un protocole.</translation>
    </message>
    <message>
      <source>The visit would end after its slot:</source>
      <translation>La visite se terminerait après son créneau :</translation>
    </message>
    <message>
      <source>Use last visit's thresholds</source>
      <translation>Seuils de la dernière visite</translation>
    </message>
    <message>
      <source>{runs} × {length}</source>
      <translation>{runs} × {length}</translation>
    </message>
    <message>
      <source>Hours slept</source>
      <translation>Heures de sommeil</translation>
    </message>
    <message>
      <source>Caffeine, cups</source>
      <translation>Caféine, tasses</translation>
    </message>
    <message>
      <source>Alcohol, drinks</source>
      <translation>Alcool, verres</translation>
    </message>
    <message>
      <source>Hours of sleep last night. After a short night one is drowsy sooner.</source>
      <translation>Heures de sommeil la nuit dernière. Après une nuit courte, la somnolence vient plus tôt.</translation>
    </message>
    <message>
      <source>Cups of coffee, tea or cola so far today. Caffeine makes alpha smaller.</source>
      <translation>Tasses de café, de thé ou de cola aujourd’hui. La caféine diminue l’alpha.</translation>
    </message>
    <message>
      <source>Drinks since yesterday. Alcohol changes the EEG and the sleep.</source>
      <translation>Verres depuis hier. L’alcool modifie l’EEG et le sommeil.</translation>
    </message>
    <message>
      <source>In pain, or a headache, now. It is compared with what is told after the session.</source>
      <translation>Douleur ou mal de tête en ce moment. Comparé à ce qui est dit après la séance.</translation>
    </message>
    <message>
      <source>Sleepy now. Drowsiness looks like theta, and hides learning.</source>
      <translation>Somnolent en ce moment. La somnolence ressemble au thêta et masque l’apprentissage.</translation>
    </message>
    <message>
      <source>Pain or headache</source>
      <translation>Douleur ou mal de tête</translation>
    </message>
    <message>
      <source>Drowsy</source>
      <translation>Somnolence</translation>
    </message>
    <message>
      <source>Length of a run</source>
      <translation>Durée d’une séquence</translation>
    </message>
    <message>
      <source>client may end the break</source>
      <translation>le client peut finir la pause</translation>
    </message>
    <message>
      <source>Send EEG, feedback and markers to other programs while the session runs.</source>
      <translation>Envoyer EEG, feedback et marqueurs à d’autres programmes pendant la séance.</translation>
    </message>
    <message>
      <source>Comfort</source>
      <translation>Confort</translation>
    </message>
    <message>
      <source>Sets target, runs, feedback and sound for how the client is; each can then be changed.</source>
      <translation>Règle l’objectif, les séquences, le feedback et le son selon l’état du client ; chacun se modifie ensuite.</translation>
    </message>
    <message>
      <source>What the EEG comes from, and where it is connected.</source>
      <translation>D’où vient l’EEG, et où il est branché.</translation>
    </message>
    <message>
      <source>After a break the session waits until the client presses a key.</source>
      <translation>Après une pause, la séance attend que le client appuie sur une touche.</translation>
    </message>
    <message>
      <source>What the client hears all the while; its volume follows the feedback.</source>
      <translation>Ce que le client entend tout du long ; son volume suit le feedback.</translation>
    </message>
    <message>
      <source>Number of runs</source>
      <translation>Nombre de séquences</translation>
    </message>
    <message>
      <source>Length of a run, minutes and seconds</source>
      <translation>Durée d’une séquence, minutes et secondes</translation>
    </message>
    <message>
      <source>Break, minutes and seconds</source>
      <translation>Pause, minutes et secondes</translation>
    </message>
    <message>
      <source>What the client sees</source>
      <translation>Ce que le client voit</translation>
    </message>
    <message>
      <source>What the client hears</source>
      <translation>Ce que le client entend</translation>
    </message>
    <message>
      <source>Tone for a reward</source>
      <translation>Son de récompense</translation>
    </message>
    <message>
      <source>thresholds of visit {n}</source>
      <translation>seuils de la visite {n}</translation>
    </message>
    <message>
      <source>From {day}; the baseline is then one minute.</source>
      <translation>Du {day} ; la ligne de base dure alors une minute.</translation>
    </message>
    <message>
      <source>Target, runs and feedback are the protocol’s.</source>
      <translation>Le protocole fixe l’objectif, les séquences et le feedback.</translation>
    </message>
    <message>
      <source>Other programs: on</source>
      <translation>Autres programmes : activé</translation>
    </message>
    <message>
      <source>Other programs …</source>
      <translation>Autres programmes …</translation>
    </message>
    <message>
      <source>{field} = {text}: must be from {low} to {high}, minutes and seconds.</source>
      <translation>{field} = {text} : doit être de {low} à {high}, minutes et secondes.</translation>
    </message>
    <message>
      <source>none of these</source>
      <translation>rien de cela</translation>
    </message>
    <message>
      <source>other …</source>
      <translation>autre …</translation>
    </message>
    <message>
      <source>Another effect</source>
      <translation>Un autre effet</translation>
    </message>
    <message>
      <source>What, in a few words</source>
      <translation>Lequel, en quelques mots</translation>
    </message>
    <message>
      <source>operator</source>
      <translation>opérateur</translation>
    </message>
    <message>
      <source>SIMULATED SIGNAL</source>
      <translation>SIGNAL SIMULÉ</translation>
    </message>
    <message>
      <source>Reason for going on</source>
      <translation>Motif pour continuer</translation>
    </message>
    <message>
      <source>Why it is passed today (goes into the client book)</source>
      <translation>Pourquoi passer outre aujourd’hui (va dans le carnet clients)</translation>
    </message>
    <message>
      <source>What was done, and with whom</source>
      <translation>Ce qui a été fait, et avec qui</translation>
    </message>
    <message>
      <source>Protocol's display</source>
      <translation>Affichage du protocole</translation>
    </message>
    <message>
      <source>Usual sound</source>
      <translation>Son habituel</translation>
    </message>
    <message>
      <source>tired</source>
      <translation>fatigue</translation>
    </message>
    <message>
      <source>headache</source>
      <translation>mal de tête</translation>
    </message>
    <message>
      <source>wired</source>
      <translation>à cran</translation>
    </message>
    <message>
      <source>low mood</source>
      <translation>humeur basse</translation>
    </message>
    <message>
      <source>dizzy</source>
      <translation>vertige</translation>
    </message>
    <message>
      <source>mild</source>
      <translation>léger</translation>
    </message>
    <message>
      <source>moderate</source>
      <translation>modéré</translation>
    </message>
    <message>
      <source>severe</source>
      <translation>sévère</translation>
    </message>
    <message>
      <source>calmer</source>
      <translation>plus calme</translation>
    </message>
    <message>
      <source>same</source>
      <translation>pareil</translation>
    </message>
    <message>
      <source>restless</source>
      <translation>agité</translation>
    </message>
    <message>
      <source>No run was finished.</source>
      <translation>Aucune séquence n’a été terminée.</translation>
    </message>
    <message>
      <source>not judged</source>
      <translation>non évalué</translation>
    </message>
    <message>
      <source>Reading the recording …</source>
      <translation>Lecture de l’enregistrement …</translation>
    </message>
    <message>
      <source>Amplitude and threshold: not read yet</source>
      <translation>Amplitude et seuil : pas encore lus</translation>
    </message>
    <message>
      <source>There is no recording to show.</source>
      <translation>Il n’y a pas d’enregistrement à afficher.</translation>
    </message>
    <message>
      <source>{feature} {value:.1f} {unit} on average</source>
      <translation>{feature} {value:.1f} {unit} en moyenne</translation>
    </message>
    <message>
      <source>{minutes:.0f} min</source>
      <translation>{minutes:.0f} min</translation>
    </message>
    <message>
      <source>last {n}</source>
      <translation>dernier {n}</translation>
    </message>
    <message>
      <source>Thank you.</source>
      <translation>Merci.</translation>
    </message>
    <message>
      <source>not answered</source>
      <translation>sans réponse</translation>
    </message>
    <message>
      <source>{n} of 10</source>
      <translation>{n} sur 10</translation>
    </message>
    <message>
      <source>{n} min, ends {at}</source>
      <translation>{n} min, fin à {at}</translation>
    </message>
    <message>
      <source>{words} · slot ends {at}</source>
      <translation>{words} · fin du créneau {at}</translation>
    </message>
    <message>
      <source>Name, e.g. sertraline</source>
      <translation>Nom, p. ex. sertraline</translation>
    </message>
    <message>
      <source>Time</source>
      <translation>Heure</translation>
    </message>
    <message>
      <source>What kind of treatment it is</source>
      <translation>De quel type de traitement il s’agit</translation>
    </message>
    <message>
      <source>Name of the medication or treatment</source>
      <translation>Nom du médicament ou du traitement</translation>
    </message>
    <message>
      <source>Whether it began, was changed, or stopped</source>
      <translation>S’il a commencé, changé ou cessé</translation>
    </message>
    <message>
      <source>Dose with its unit, as it is now</source>
      <translation>Dose avec son unité, telle qu’elle est maintenant</translation>
    </message>
    <message>
      <source>The day on which it happened</source>
      <translation>Le jour où cela s’est produit</translation>
    </message>
    <message>
      <source>The time of the day, if it is known</source>
      <translation>L’heure, si elle est connue</translation>
    </message>
    <message>
      <source>Not in the client book yet: {error}</source>
      <translation>Pas encore dans le carnet clients : {error}</translation>
    </message>
    <message>
      <source>Write the code of the right client and why.</source>
      <translation>Écrivez le code du bon client et pourquoi.</translation>
    </message>
    <message>
      <source>The session belongs to {client} now.</source>
      <translation>La séance appartient maintenant à {client}.</translation>
    </message>
    <message>
      <source>Note of this visit</source>
      <translation>Note de cette visite</translation>
    </message>
    <message>
      <source>Next visit</source>
      <translation>Prochaine visite</translation>
    </message>
    <message>
      <source>Sign as</source>
      <translation>Signer comme</translation>
    </message>
    <message>
      <source>Client PDF</source>
      <translation>PDF client</translation>
    </message>
    <message>
      <source>Note PDF</source>
      <translation>PDF note</translation>
    </message>
    <message>
      <source>Wrong client …</source>
      <translation>Autre client …</translation>
    </message>
    <message>
      <source>Save &amp;&amp; close</source>
      <translation>Enregistrer &amp;&amp; fermer</translation>
    </message>
    <message>
      <source>Save and close (Ctrl+Enter)</source>
      <translation>Enregistrer et fermer (Ctrl+Enter)</translation>
    </message>
    <message>
      <source>Leave without</source>
      <translation>Quitter sans</translation>
    </message>
    <message>
      <source>The recording is on disk</source>
      <translation>L’enregistrement est sur le disque</translation>
    </message>
    <message>
      <source>Code of the right client</source>
      <translation>Code du bon client</translation>
    </message>
    <message>
      <source>Why (goes into both audit trails)</source>
      <translation>Pourquoi (va dans les deux journaux d’audit)</translation>
    </message>
    <message>
      <source>Reassign session</source>
      <translation>Réattribuer la séance</translation>
    </message>
    <message>
      <source>Before → after</source>
      <translation>Avant → après</translation>
    </message>
    <message>
      <source>Any of these?</source>
      <translation>L’un de ceux-ci ?</translation>
    </message>
    <message>
      <source>Amplitude and threshold</source>
      <translation>Amplitude et seuil</translation>
    </message>
    <message>
      <source>The recording is saved.</source>
      <translation>L’enregistrement est sauvegardé.</translation>
    </message>
    <message>
      <source>Consider a shorter plan next time.</source>
      <translation>Envisagez un plan plus court la prochaine fois.</translation>
    </message>
    <message>
      <source>{share} in range</source>
      <translation>{share} dans la cible</translation>
    </message>
    <message>
      <source>Same plan, {runs}</source>
      <translation>Même plan, {runs}</translation>
    </message>
    <message>
      <source>Shorter runs, {runs}</source>
      <translation>Plus courtes, {runs}</translation>
    </message>
    <message>
      <source>Fewer runs, {runs}</source>
      <translation>Moins de séquences, {runs}</translation>
    </message>
    <message>
      <source>Easier, target {share}</source>
      <translation>Plus facile, objectif {share}</translation>
    </message>
    <message>
      <source>dwell {so_far} of {needed} s</source>
      <translation>maintien {so_far} sur {needed} s</translation>
    </message>
    <message>
      <source>in range; next reward in {n} s</source>
      <translation>dans la cible ; prochaine récompense dans {n} s</translation>
    </message>
    <message>
      <source>in range; has not fallen back since the last reward</source>
      <translation>dans la cible ; n’est pas redescendu depuis la dernière récompense</translation>
    </message>
    <message>
      <source>no threshold yet</source>
      <translation>pas encore de seuil</translation>
    </message>
    <message>
      <source>{stage}: no feedback in this stage</source>
      <translation>{stage} : pas de feedback à cette étape</translation>
    </message>
    <message>
      <source>{cause} on {site}</source>
      <translation>{cause} sur {site}</translation>
    </message>
    <message>
      <source>{feature} {amount} under its threshold</source>
      <translation>{feature} {amount} sous son seuil</translation>
    </message>
    <message>
      <source>{feature} {amount} over its limit</source>
      <translation>{feature} {amount} au-dessus de sa limite</translation>
    </message>
    <message>
      <source>Eyes closed, log power · {sites}</source>
      <translation>Yeux fermés, puissance log · {sites}</translation>
    </message>
    <message>
      <source>dashed: 1/f</source>
      <translation>tirets : 1/f</translation>
    </message>
    <message>
      <source>Change …</source>
      <translation>Modifier …</translation>
    </message>
    <message>
      <source>Set the alpha peak by hand, with a reason</source>
      <translation>Fixer le pic alpha à la main, avec une raison</translation>
    </message>
    <message>
      <source>Hz or none</source>
      <translation>Hz ou none</translation>
    </message>
    <message>
      <source>Alpha peak, from 5 to 15 Hz, or none</source>
      <translation>Pic alpha, de 5 à 15 Hz, ou none</translation>
    </message>
    <message>
      <source>An alpha peak lies from {low} to {high} Hz; or write none.</source>
      <translation>Un pic alpha se situe entre {low} et {high} Hz ; ou écrivez none.</translation>
    </message>
    <message>
      <source>Say why, so that a reader of the session knows.</source>
      <translation>Dites pourquoi, pour que le lecteur de la séance le sache.</translation>
    </message>
    <message>
      <source>The protocol's bands do not fit this peak: {why}</source>
      <translation>Les bandes du protocole ne conviennent pas à ce pic : {why}</translation>
    </message>
    <message>
      <source>Fixed bands, by hand: {reason}</source>
      <translation>Bandes fixes, à la main : {reason}</translation>
    </message>
    <message>
      <source>Alpha peak {hz} Hz, by hand: {reason}</source>
      <translation>Pic alpha {hz} Hz, à la main : {reason}</translation>
    </message>
    <message>
      <source>No clear peak: {reason}; the fixed bands are used</source>
      <translation>Pas de pic net : {reason} ; les bandes fixes sont utilisées</translation>
    </message>
    <message>
      <source>No alpha peak is known; the fixed bands are used</source>
      <translation>Aucun pic alpha connu ; les bandes fixes sont utilisées</translation>
    </message>
    <message>
      <source>Alpha peak {hz} Hz, from before this session</source>
      <translation>Pic alpha {hz} Hz, d’avant cette séance</translation>
    </message>
    <message>
      <source>Alpha peak outside what the protocol's bands allow; the fixed bands are used</source>
      <translation>Pic alpha hors de ce que permettent les bandes du protocole ; les bandes fixes sont utilisées</translation>
    </message>
    <message>
      <source>Alpha peak {hz} Hz</source>
      <translation>Pic alpha {hz} Hz</translation>
    </message>
    <message>
      <source>fixed</source>
      <translation>fixe</translation>
    </message>
    <message>
      <source>Alpha peak: {now}. Set it by hand</source>
      <translation>Pic alpha : {now}. Le fixer à la main</translation>
    </message>
    <message>
      <source>above threshold</source>
      <translation>au-dessus du seuil</translation>
    </message>
    <message>
      <source>below threshold</source>
      <translation>sous le seuil</translation>
    </message>
    <message>
      <source>{share} percent</source>
      <translation>{share} pour cent</translation>
    </message>
    <message>
      <source>⊘ blocks the reward</source>
      <translation>⊘ bloque la récompense</translation>
    </message>
    <message>
      <source>expected: unknown before a baseline</source>
      <translation>prévu : inconnu avant une ligne de base</translation>
    </message>
    <message>
      <source>expected {alone} · all {together}</source>
      <translation>prévu {alone} · ensemble {together}</translation>
    </message>
    <message>
      <source>{share} expected</source>
      <translation>{share} prévu</translation>
    </message>
    <message>
      <source>Hold</source>
      <translation>Figé</translation>
    </message>
    <message>
      <source>Thresholds stay where they are</source>
      <translation>Les seuils restent où ils sont</translation>
    </message>
    <message>
      <source>Auto</source>
      <translation>Auto</translation>
    </message>
    <message>
      <source>Thresholds are estimated anew at each run, once more if it goes astray</source>
      <translation>Les seuils sont estimés à nouveau à chaque séquence, et une fois de plus en cas de dérive</translation>
    </message>
    <message>
      <source>Aim 5 % lower</source>
      <translation>Viser 5 % plus bas</translation>
    </message>
    <message>
      <source>Aim 5 % higher</source>
      <translation>Viser 5 % plus haut</translation>
    </message>
    <message>
      <source>Aim lower</source>
      <translation>Viser plus bas</translation>
    </message>
    <message>
      <source>Aim higher</source>
      <translation>Viser plus haut</translation>
    </message>
    <message>
      <source>♪ sound</source>
      <translation>♪ son</translation>
    </message>
    <message>
      <source>chime</source>
      <translation>carillon</translation>
    </message>
    <message>
      <source>Volume of {what}</source>
      <translation>Volume : {what}</translation>
    </message>
    <message>
      <source>Client view</source>
      <translation>Vue du client</translation>
    </message>
    <message>
      <source>A picture takes {ms:.0f} ms to paint here: small details are left out.</source>
      <translation>Une image prend ici {ms:.0f} ms à dessiner : les petits détails sont omis.</translation>
    </message>
    <message>
      <source>A picture takes {ms:.0f} ms to paint here: it is painted at half its size.</source>
      <translation>Une image prend ici {ms:.0f} ms à dessiner : elle est dessinée à la moitié de sa taille.</translation>
    </message>
    <message>
      <source>A picture takes {ms:.0f} ms to paint here: half its size, every second picture.</source>
      <translation>Une image prend ici {ms:.0f} ms à dessiner : moitié de sa taille, une image sur deux.</translation>
    </message>
    <message>
      <source>contact</source>
      <translation>contact</translation>
    </message>
    <message>
      <source>mains</source>
      <translation>secteur</translation>
    </message>
    <message>
      <source>good</source>
      <translation>bon</translation>
    </message>
    <message>
      <source>now</source>
      <translation>maintenant</translation>
    </message>
    <message>
      <source>just now</source>
      <translation>à l’instant</translation>
    </message>
    <message>
      <source>low</source>
      <translation>faible</translation>
    </message>
    <message>
      <source>high</source>
      <translation>haut</translation>
    </message>
    <message>
      <source>Dismiss</source>
      <translation>Ignorer</translation>
    </message>
    <message>
      <source>Letters are letters while you type. Esc closes this and never ends anything.</source>
      <translation>Les lettres restent des lettres pendant la saisie. Esc ferme ceci et ne termine jamais rien.</translation>
    </message>
    <message>
      <source>Lab Streaming Layer</source>
      <translation>Lab Streaming Layer</translation>
    </message>
    <message>
      <source>EEG, feedback and markers for other programs</source>
      <translation>EEG, feedback et marqueurs pour d’autres programmes</translation>
    </message>
    <message>
      <source>LSL: off</source>
      <translation>LSL : inactif</translation>
    </message>
    <message>
      <source>LSL: this computer</source>
      <translation>LSL : cet ordinateur</translation>
    </message>
    <message>
      <source>LSL: network</source>
      <translation>LSL : réseau</translation>
    </message>
    <message>
      <source>OSC host:port</source>
      <translation>OSC hôte:port</translation>
    </message>
    <message>
      <source>OSC address</source>
      <translation>Adresse OSC</translation>
    </message>
    <message>
      <source>Where feedback and rewards are sent as OSC messages, e.g. localhost:9000</source>
      <translation>Où envoyer feedback et récompenses en messages OSC, p. ex. localhost:9000</translation>
    </message>
    <message>
      <source>Use this baseline's thresholds</source>
      <translation>Prendre les seuils de cette ligne de base</translation>
    </message>
    <message>
      <source>Train</source>
      <translation>Entraîner</translation>
    </message>
    <message>
      <source>Proposed thresholds</source>
      <translation>Seuils proposés</translation>
    </message>
    <message>
      <source>all together: {share} expected</source>
      <translation>tous ensemble : {share} prévu</translation>
    </message>
    <message>
      <source>The conditions together leave little to be rewarded. Easing them keeps the client with it.</source>
      <translation>Ensemble, les conditions laissent peu à récompenser. Les assouplir aide le client à rester engagé.</translation>
    </message>
    <message>
      <source>Ease to {share} overall</source>
      <translation>Assouplir à {share} en tout</translation>
    </message>
    <message>
      <source>{feature} is slow and the baseline short: by chance alone it may be met {points} points more or less of the time than expected. {length} of clean baseline or more would tell.</source>
      <translation>{feature} est lent et la ligne de base courte : par le seul hasard, la condition peut être remplie {points} points de plus ou de moins que prévu. Avec {length} ou plus de ligne de base propre, on le saurait mieux.</translation>
    </message>
    <message>
      <source>No headset</source>
      <translation>Pas de casque</translation>
    </message>
    <message>
      <source>battery {n} %</source>
      <translation>batterie {n} %</translation>
    </message>
    <message>
      <source>The headset, its link, and its battery where it tells.</source>
      <translation>Le casque, sa liaison, et sa batterie s’il l’indique.</translation>
    </message>
    <message>
      <source>in range, last 30 s</source>
      <translation>dans la cible, 30 dern. s</translation>
    </message>
    <message>
      <source>No clean time to judge yet</source>
      <translation>Pas encore de temps propre à évaluer</translation>
    </message>
    <message>
      <source>{share} run</source>
      <translation>{share} séquence</translation>
    </message>
    <message>
      <source>In range {recent} of the last 30 seconds, {run} of the run</source>
      <translation>Dans la cible {recent} des 30 dernières secondes, {run} de la séquence</translation>
    </message>
    <message>
      <source>expected {share}</source>
      <translation>prévu {share}</translation>
    </message>
    <message>
      <source>loop {n} ms</source>
      <translation>boucle {n} ms</translation>
    </message>
    <message>
      <source> (95 %: {n})</source>
      <translation> (95 % : {n})</translation>
    </message>
    <message>
      <source>loss {share} %</source>
      <translation>perte {share} %</translation>
    </message>
    <message>
      <source>most of it in the headset's link</source>
      <translation>surtout dans la liaison du casque</translation>
    </message>
    <message>
      <source>most of it in the protocol's filters</source>
      <translation>surtout dans les filtres du protocole</translation>
    </message>
    <message>
      <source>this computer is busy</source>
      <translation>cet ordinateur est occupé</translation>
    </message>
    <message>
      <source>painting is slow</source>
      <translation>l’affichage est lent</translation>
    </message>
    <message>
      <source>Contact: {sites}</source>
      <translation>Contact : {sites}</translation>
    </message>
    <message>
      <source>Spectrum</source>
      <translation>Spectre</translation>
    </message>
    <message>
      <source>Spectrum: waiting for two seconds of signal</source>
      <translation>Spectre : en attente de deux secondes de signal</translation>
    </message>
    <message>
      <source>Spectrum of {sites}: largest at {peak} hertz</source>
      <translation>Spectre de {sites} : maximum à {peak} hertz</translation>
    </message>
    <message>
      <source>Last minute, Hz</source>
      <translation>Dernière minute, Hz</translation>
    </message>
    <message>
      <source>Spectrum, µV/√Hz</source>
      <translation>Spectre, µV/√Hz</translation>
    </message>
    <message>
      <source>dotted: baseline</source>
      <translation>pointillé : ligne de base</translation>
    </message>
    <message>
      <source>−60 s</source>
      <translation>−60 s</translation>
    </message>
    <message>
      <source>Signal</source>
      <translation>Signal</translation>
    </message>
    <message>
      <source>Summary</source>
      <translation>Résumé</translation>
    </message>
    <message>
      <source>Step {n} of {many}: {step}</source>
      <translation>Étape {n} sur {many} : {step}</translation>
    </message>
    <message>
      <source>Raw EEG</source>
      <translation>EEG brut</translation>
    </message>
    <message>
      <source>gap {n} s</source>
      <translation>lacune {n} s</translation>
    </message>
    <message>
      <source>gap</source>
      <translation>lacune</translation>
    </message>
    <message>
      <source>Waiting for the first sample</source>
      <translation>En attente du premier échantillon</translation>
    </message>
    <message>
      <source>How the traces are drawn: scale, sweep, filter. The recording is not filtered.</source>
      <translation>Comment les tracés sont dessinés : échelle, balayage, filtre. L’enregistrement n’est pas filtré.</translation>
    </message>
    <message>
      <source>Larger traces</source>
      <translation>Tracés plus grands</translation>
    </message>
    <message>
      <source>Smaller traces</source>
      <translation>Tracés plus petits</translation>
    </message>
    <message>
      <source>notch {hz}</source>
      <translation>coupe-bande {hz}</translation>
    </message>
    <message>
      <source>Session so far: no training yet</source>
      <translation>Séance jusqu’ici : pas encore d’entraînement</translation>
    </message>
    <message>
      <source>Session so far: in range {first} at first, {last} lately</source>
      <translation>Séance jusqu’ici : dans la cible {first} au début, {last} dernièrement</translation>
    </message>
    <message>
      <source>In range · {feature}{unit}, threshold dashed</source>
      <translation>Dans la cible · {feature}{unit}, seuil en tirets</translation>
    </message>
    <message>
      <source>unknown</source>
      <translation>inconnu</translation>
    </message>
    <message>
      <source>{n} microvolt</source>
      <translation>{n} microvolts</translation>
    </message>
    <message>
      <source>{n} microvolt squared</source>
      <translation>{n} microvolts carrés</translation>
    </message>
    <message>
      <source>connecting</source>
      <translation>connexion</translation>
    </message>
    <message>
      <source>waiting for the first sample</source>
      <translation>en attente du premier échantillon</translation>
    </message>
    <message>
      <source>streaming</source>
      <translation>en réception</translation>
    </message>
    <message>
      <source>no samples</source>
      <translation>sans échantillon</translation>
    </message>
    <message>
      <source>link lost</source>
      <translation>liaison perdue</translation>
    </message>
    <message>
      <source>reconnecting</source>
      <translation>reconnexion</translation>
    </message>
    <message>
      <source>no connection</source>
      <translation>pas de connexion</translation>
    </message>
    <message>
      <source>ended</source>
      <translation>terminé</translation>
    </message>
    <message>
      <source>{parts} parts, one run in each: {total} min of training in all</source>
      <translation>{parts} parties, une séquence dans chacune : {total} min d’entraînement en tout</translation>
    </message>
    <message>
      <source>{parts} parts, {n} runs in each: {total} min of training in all</source>
      <translation>{parts} parties, {n} séquences dans chacune : {total} min d’entraînement en tout</translation>
    </message>
    <message>
      <source>Your session of {day}</source>
      <translation>Votre séance du {day}</translation>
    </message>
    <message>
      <source>Your session</source>
      <translation>Votre séance</translation>
    </message>
    <message>
      <source>What we trained</source>
      <translation>Ce que nous avons entraîné</translation>
    </message>
    <message>
      <source>How you felt</source>
      <translation>Comment vous vous sentiez</translation>
    </message>
    <message>
      <source>before</source>
      <translation>avant</translation>
    </message>
    <message>
      <source>after</source>
      <translation>après</translation>
    </message>
    <message>
      <source>not asked today</source>
      <translation>non demandé aujourd’hui</translation>
    </message>
    <message>
      <source>Over your visits</source>
      <translation>Au fil de vos visites</translation>
    </message>
    <message>
      <source>Each dot is one visit. Where a dot is missing it was not asked, and no line is drawn across.</source>
      <translation>Chaque point est une visite. Là où un point manque, la question n’a pas été posée, et aucune ligne n’est tracée.</translation>
    </message>
    <message>
      <source>to be arranged</source>
      <translation>à convenir</translation>
    </message>
    <message>
      <source>Course report {who}</source>
      <translation>Rapport de parcours {who}</translation>
    </message>
    <message>
      <source>Did the trained signal change?</source>
      <translation>Le signal entraîné a-t-il changé ?</translation>
    </message>
    <message>
      <source>Session by session</source>
      <translation>Séance par séance</translation>
    </message>
    <message>
      <source>Comment</source>
      <translation>Commentaire</translation>
    </message>
    <message>
      <source>On one time axis</source>
      <translation>Sur un même axe de temps</translation>
    </message>
    <message>
      <source>Session note {who}, session {n}</source>
      <translation>Note de séance {who}, séance {n}</translation>
    </message>
    <message>
      <source>Check-in</source>
      <translation>Questions d’entrée</translation>
    </message>
    <message>
      <source>Treatment changes:</source>
      <translation>Changements de traitement :</translation>
    </message>
    <message>
      <source>Training</source>
      <translation>Entraînement</translation>
    </message>
    <message>
      <source>Change in this session</source>
      <translation>Changement dans cette séance</translation>
    </message>
    <message>
      <source>Billing code:</source>
      <translation>Code de facturation :</translation>
    </message>
    <message>
      <source>Date and signature:</source>
      <translation>Date et signature :</translation>
    </message>
    <message>
      <source>samples lost</source>
      <translation>échantillons perdus</translation>
    </message>
    <message>
      <source>amplifier at its limit</source>
      <translation>amplificateur à sa limite</translation>
    </message>
    <message>
      <source>flat signal</source>
      <translation>signal plat</translation>
    </message>
    <message>
      <source>electrode pop</source>
      <translation>saut d’électrode</translation>
    </message>
    <message>
      <source>movement</source>
      <translation>mouvement</translation>
    </message>
    <message>
      <source>jump</source>
      <translation>saut</translation>
    </message>
    <message>
      <source>head movement</source>
      <translation>mouvement de tête</translation>
    </message>
    <message>
      <source>no valid number</source>
      <translation>nombre non valide</translation>
    </message>
    <message>
      <source>filters settling</source>
      <translation>stabilisation des filtres</translation>
    </message>
    <message>
      <source>poor contact</source>
      <translation>contact insuffisant</translation>
    </message>
    <message>
      <source>completed</source>
      <translation>terminé</translation>
    </message>
    <message>
      <source>stopped by the operator</source>
      <translation>arrêté par l’opérateur</translation>
    </message>
    <message>
      <source>time limit</source>
      <translation>limite de temps</translation>
    </message>
    <message>
      <source>device gone</source>
      <translation>appareil disparu</translation>
    </message>
    <message>
      <source>end of the data</source>
      <translation>fin des données</translation>
    </message>
    <message>
      <source>interrupted</source>
      <translation>interrompu</translation>
    </message>
    <message>
      <source>error</source>
      <translation>erreur</translation>
    </message>
    <message>
      <source>no valid numbers</source>
      <translation>nombres non valides</translation>
    </message>
    <message>
      <source>check the headset's connection</source>
      <translation>vérifier la connexion du casque</translation>
    </message>
    <message>
      <source>brush hair back, moisten, press 5 s; check reference and ground</source>
      <translation>écarter les cheveux, humidifier, presser 5 s ; vérifier référence et masse</translation>
    </message>
    <message>
      <source>plug the electrode in; check its cable</source>
      <translation>brancher l’électrode ; vérifier son câble</translation>
    </message>
    <message>
      <source>no contact: {fast_uv} µV of noise</source>
      <translation>pas de contact : {fast_uv} µV de bruit</translation>
    </message>
    <message>
      <source>brush hair back, moisten, press 5 s</source>
      <translation>écarter les cheveux, humidifier, presser 5 s</translation>
    </message>
    <message>
      <source>no contact: {fast_uv} µV of noise and {line_uv} µV of mains</source>
      <translation>pas de contact : {fast_uv} µV de bruit et {line_uv} µV de secteur</translation>
    </message>
    <message>
      <source>muscle: {fast_uv} µV of 20–45 Hz</source>
      <translation>muscle : {fast_uv} µV de 20–45 Hz</translation>
    </message>
    <message>
      <source>relax the jaw and forehead; if it stays: brush hair back, moisten, press 5 s</source>
      <translation>détendre la mâchoire et le front ; si cela persiste : écarter les cheveux, humidifier, presser 5 s</translation>
    </message>
    <message>
      <source>large swings: {rms_uv} µV</source>
      <translation>grandes oscillations : {rms_uv} µV</translation>
    </message>
    <message>
      <source>sit still, rest the eyes; if it stays: brush hair back, moisten, press 5 s</source>
      <translation>rester immobile, reposer les yeux ; si cela persiste : écarter les cheveux, humidifier, presser 5 s</translation>
    </message>
    <message>
      <source>mains: {line_uv} µV of {line_hz} Hz</source>
      <translation>secteur : {line_uv} µV de {line_hz} Hz</translation>
    </message>
    <message>
      <source>move charger and cables away, unplug the laptop's charger; check reference and ground</source>
      <translation>éloigner chargeur et câbles, débrancher le chargeur de l’ordinateur portable ; vérifier référence et masse</translation>
    </message>
    <message>
      <source>same signal as {twin}: bridged</source>
      <translation>même signal que {twin} : pont entre électrodes</translation>
    </message>
    <message>
      <source>dry the skin between it and {twin}; check the plugs</source>
      <translation>sécher la peau entre celle-ci et {twin} ; vérifier les fiches</translation>
    </message>
    <message>
      <source>very small signal: {rms_uv} µV</source>
      <translation>signal très faible : {rms_uv} µV</translation>
    </message>
    <message>
      <source>brush hair back, moisten, press 5 s; check that it does not touch the reference</source>
      <translation>écarter les cheveux, humidifier, presser 5 s ; vérifier qu’elle ne touche pas la référence</translation>
    </message>
    <message>
      <source>samples missing</source>
      <translation>échantillons manquants</translation>
    </message>
    <message>
      <source>bring headset and receiver closer together</source>
      <translation>rapprocher le casque et le récepteur</translation>
    </message>
    <message>
      <source>waiting for 1 s of signal</source>
      <translation>en attente de 1 s de signal</translation>
    </message>
    <message>
      <source>too little clean EEG: {clean} s, needs {needed} s</source>
      <translation>trop peu d’EEG propre : {clean} s, il en faut {needed} s</translation>
    </message>
    <message>
      <source>no peak between 7 and 13 Hz</source>
      <translation>aucun pic entre 7 et 13 Hz</translation>
    </message>
    <message>
      <source>highest point {height} dB above the 1/f line, needs {needed} dB</source>
      <translation>point le plus haut à {height} dB au-dessus de la ligne 1/f, il faut {needed} dB</translation>
    </message>
    <message>
      <source>a plateau around {hz} Hz, not a peak</source>
      <translation>un plateau autour de {hz} Hz, pas un pic</translation>
    </message>
    <message>
      <source>peak at {hz} Hz is not found again in both halves</source>
      <translation>le pic à {hz} Hz ne se retrouve pas dans les deux moitiés</translation>
    </message>
    <message>
      <source>check</source>
      <translation>vérification</translation>
    </message>
    <message>
      <source>eyes open</source>
      <translation>yeux ouverts</translation>
    </message>
    <message>
      <source>eyes closed</source>
      <translation>yeux fermés</translation>
    </message>
    <message>
      <source>alpha peak</source>
      <translation>pic alpha</translation>
    </message>
    <message>
      <source>rest</source>
      <translation>repos</translation>
    </message>
    <message>
      <source>transfer</source>
      <translation>transfert</translation>
    </message>
    <message>
      <source>end</source>
      <translation>fin</translation>
    </message>
    <message>
      <source>built in</source>
      <translation>intégré</translation>
    </message>
    <message>
      <source>Sines of 5 to 80 Hz, no EEG; nothing to connect.</source>
      <translation>Sinusoïdes de 5 à 80 Hz, pas d’EEG ; rien à connecter.</translation>
    </message>
    <message>
      <source>BrainFlow synthetic board</source>
      <translation>Appareil synthétique de BrainFlow</translation>
    </message>
    <message>
      <source>synthetic</source>
      <translation>synthétique</translation>
    </message>
    <message>
      <source>none needed</source>
      <translation>rien de requis</translation>
    </message>
    <message>
      <source>simulated</source>
      <translation>simulé</translation>
    </message>
    <message>
      <source>Scenario</source>
      <translation>Scénario</translation>
    </message>
    <message>
      <source>typical</source>
      <translation>typique</translation>
    </message>
    <message>
      <source>USB or serial port</source>
      <translation>USB ou port série</translation>
    </message>
    <message>
      <source>Set where the electrodes are before each session; the names are only the usual places. On Linux set the dongle's latency_timer to 1 ms, otherwise samples come in bursts of 16 ms.</source>
      <translation>Indiquez où sont les électrodes avant chaque séance ; les noms ne sont que les emplacements habituels. Sous Linux, réglez le latency_timer du dongle à 1 ms, sinon les échantillons arrivent par rafales de 16 ms.</translation>
    </message>
    <message>
      <source>Serial port</source>
      <translation>Port série</translation>
    </message>
    <message>
      <source>port of the board or its USB dongle, e.g. /dev/ttyUSB0, COM3, /dev/cu.usbserial-1</source>
      <translation>port de la carte ou de son dongle USB, p. ex. /dev/ttyUSB0, COM3, /dev/cu.usbserial-1</translation>
    </message>
    <message>
      <source>Set where the electrodes are before each session; the names are only the usual places. On Linux set the dongle's latency_timer to 1 ms, otherwise samples come in bursts of 16 ms. At 125 Hz bands end at 50 Hz.</source>
      <translation>Indiquez où sont les électrodes avant chaque séance ; les noms ne sont que les emplacements habituels. Sous Linux, réglez le latency_timer du dongle à 1 ms, sinon les échantillons arrivent par rafales de 16 ms. À 125 Hz, les bandes s’arrêtent à 50 Hz.</translation>
    </message>
    <message>
      <source>Bluetooth LE</source>
      <translation>Bluetooth LE</translation>
    </message>
    <message>
      <source>Set where the electrodes are before each session; the names are only the usual places. If it is not found, switch it off and on.</source>
      <translation>Indiquez où sont les électrodes avant chaque séance ; les noms ne sont que les emplacements habituels. S’il n’est pas trouvé, éteignez-le et rallumez-le.</translation>
    </message>
    <message>
      <source>Mac address</source>
      <translation>Adresse MAC</translation>
    </message>
    <message>
      <source>Bluetooth address; needed only if several headsets are near</source>
      <translation>adresse Bluetooth ; nécessaire seulement si plusieurs casques sont à proximité</translation>
    </message>
    <message>
      <source>Serial number</source>
      <translation>Numéro de série</translation>
    </message>
    <message>
      <source>Bluetooth name, exactly as shown by the system, e.g. Muse-1A2B</source>
      <translation>nom Bluetooth, exactement comme le système l’affiche, p. ex. Muse-1A2B</translation>
    </message>
    <message>
      <source>Other info</source>
      <translation>Autres infos</translation>
    </message>
    <message>
      <source>fw:2 for firmware 2; 3 is assumed</source>
      <translation>fw:2 pour le micrologiciel 2 ; 3 par défaut</translation>
    </message>
    <message>
      <source>Timeout</source>
      <translation>Délai max.</translation>
    </message>
    <message>
      <source>seconds to search for the headset</source>
      <translation>secondes pour chercher le casque</translation>
    </message>
    <message>
      <source>BLED112 dongle</source>
      <translation>Dongle BLED112</translation>
    </message>
    <message>
      <source>BrainFlow calls this board outdated; use the entry without -bled where the computer has Bluetooth.</source>
      <translation>BrainFlow dit cette carte dépassée ; prenez l’entrée sans -bled si l’ordinateur a le Bluetooth.</translation>
    </message>
    <message>
      <source>network</source>
      <translation>réseau</translation>
    </message>
    <message>
      <source>The Wi-Fi shield is known to lose many samples. Set where the electrodes are before each session; the names are only the usual places.</source>
      <translation>Le shield Wi-Fi est connu pour perdre beaucoup d’échantillons. Indiquez où sont les électrodes avant chaque séance ; les noms ne sont que les emplacements habituels.</translation>
    </message>
    <message>
      <source>Ip port</source>
      <translation>Port IP</translation>
    </message>
    <message>
      <source>port on this computer that the board may send to, e.g. 6677</source>
      <translation>port de cet ordinateur vers lequel la carte peut envoyer, p. ex. 6677</translation>
    </message>
    <message>
      <source>Ip address</source>
      <translation>Adresse IP</translation>
    </message>
    <message>
      <source>address of the board; found by itself if left out</source>
      <translation>adresse de la carte ; trouvée d’elle-même si omise</translation>
    </message>
    <message>
      <source>serial number; needed only if several are near</source>
      <translation>numéro de série ; nécessaire seulement si plusieurs sont à proximité</translation>
    </message>
    <message>
      <source>If streaming stops after minutes: charge the headset, close other programs that use it, remove it from the system's list of paired devices.</source>
      <translation>Si le flux s’arrête après quelques minutes : chargez le casque, fermez les autres programmes qui l’utilisent, retirez-le de la liste des appareils appairés du système.</translation>
    </message>
    <message>
      <source>sensor preset, p21 (EEG) if left out, p50 adds the pulse sensor</source>
      <translation>préréglage des capteurs, p21 (EEG) si omis, p50 ajoute le capteur de pouls</translation>
    </message>
    <message>
      <source>sensor preset, p21 (EEG) if left out, p61 adds the pulse sensor</source>
      <translation>préréglage des capteurs, p21 (EEG) si omis, p61 ajoute le capteur de pouls</translation>
    </message>
    <message>
      <source>sensor preset, p21 (EEG) if left out</source>
      <translation>préréglage des capteurs, p21 (EEG) si omis</translation>
    </message>
    <message>
      <source>e.g. preset=p1041;low_latency=true</source>
      <translation>p. ex. preset=p1041;low_latency=true</translation>
    </message>
    <message>
      <source>It measures resistances only instead of EEG, so they stay empty during a session.</source>
      <translation>Il ne mesure les résistances qu’à la place de l’EEG ; elles restent donc vides pendant une séance.</translation>
    </message>
    <message>
      <source>Set where the electrodes are before each session; the names are only the usual places.</source>
      <translation>Indiquez où sont les électrodes avant chaque séance ; les noms ne sont que les emplacements habituels.</translation>
    </message>
    <message>
      <source>electrode set, as in BrainFlow's documentation</source>
      <translation>jeu d’électrodes, selon la documentation de BrainFlow</translation>
    </message>
    <message>
      <source>Bluetooth, paired</source>
      <translation>Bluetooth, appairé</translation>
    </message>
    <message>
      <source>Pair it in the system's Bluetooth settings first; Linux needs libbluetooth3 and an x86-64 computer.</source>
      <translation>Appairez-le d’abord dans les réglages Bluetooth du système ; Linux nécessite libbluetooth3 et un ordinateur x86-64.</translation>
    </message>
    <message>
      <source>Switch OSC on in its app; headset and computer must be in the same Wi-Fi. Guest networks block it.</source>
      <translation>Activez OSC dans son application ; casque et ordinateur doivent être sur le même Wi-Fi. Les réseaux invités le bloquent.</translation>
    </message>
    <message>
      <source>port that the headset sends to, 9000 if left out</source>
      <translation>port vers lequel le casque envoie, 9000 si omis</translation>
    </message>
    <message>
      <source>Pair it in the system's Bluetooth settings first; Linux needs libbluetooth3.</source>
      <translation>Appairez-le d’abord dans les réglages Bluetooth du système ; Linux nécessite libbluetooth3.</translation>
    </message>
    <message>
      <source>Bluetooth address of the paired headset (needed on Linux)</source>
      <translation>adresse Bluetooth du casque appairé (nécessaire sous Linux)</translation>
    </message>
    <message>
      <source>Pair it in the system's Bluetooth settings first; Linux needs libbluetooth3. Set where the electrodes are before each session; the names are only the usual places.</source>
      <translation>Appairez-le d’abord dans les réglages Bluetooth du système ; Linux nécessite libbluetooth3. Indiquez où sont les électrodes avant chaque séance ; les noms ne sont que les emplacements habituels.</translation>
    </message>
    <message>
      <source>USB, vendor's driver</source>
      <translation>USB, pilote du fabricant</translation>
    </message>
    <message>
      <source>Linux needs libusb-1.0-0. Set where the electrodes are before each session; the names are only the usual places.</source>
      <translation>Linux nécessite libusb-1.0-0. Indiquez où sont les électrodes avant chaque séance ; les noms ne sont que les emplacements habituels.</translation>
    </message>
    <message>
      <source>gain, e.g. {"gain":6}</source>
      <translation>gain, p. ex. {"gain":6}</translation>
    </message>
    <message>
      <source>the computer it is mounted on</source>
      <translation>l’ordinateur sur lequel il est monté</translation>
    </message>
    <message>
      <source>Runs on the Raspberry Pi it is mounted on, with a BrainFlow compiled there. Set where the electrodes are before each session; the names are only the usual places.</source>
      <translation>Fonctionne sur le Raspberry Pi sur lequel il est monté, avec un BrainFlow compilé sur place. Indiquez où sont les électrodes avant chaque séance ; les noms ne sont que les emplacements habituels.</translation>
    </message>
    <message>
      <source>SPI device, /dev/spidev0.0 if left out</source>
      <translation>périphérique SPI, /dev/spidev0.0 si omis</translation>
    </message>
    <message>
      <source>At 50 Hz only bands below 20 Hz can be trained.</source>
      <translation>À 50 Hz, seules les bandes sous 20 Hz peuvent être entraînées.</translation>
    </message>
    <message>
      <source>Bluetooth address</source>
      <translation>Adresse Bluetooth</translation>
    </message>
    <message>
      <source>address of this computer that the board connects to</source>
      <translation>adresse de cet ordinateur à laquelle la carte se connecte</translation>
    </message>
    <message>
      <source>port that the board connects to, 12345 if left out</source>
      <translation>port auquel la carte se connecte, 12345 si omis</translation>
    </message>
    <message>
      <source>Start streaming in the amplifier's own software first.</source>
      <translation>Lancez d’abord le flux dans le logiciel de l’amplificateur.</translation>
    </message>
    <message>
      <source>name or source id of the stream; needed only if several EEG streams are seen</source>
      <translation>nom ou identifiant source du flux ; nécessaire seulement si plusieurs flux EEG sont vus</translation>
    </message>
    <message>
      <source>Unit</source>
      <translation>Unité</translation>
    </message>
    <message>
      <source>unit of its numbers, V, mV, uV or nV, where the stream does not tell it (uV is assumed)</source>
      <translation>unité de ses nombres, V, mV, uV ou nV, si le flux ne l’indique pas (uV par défaut)</translation>
    </message>
    <message>
      <source>Scope</source>
      <translation>Portée</translation>
    </message>
    <message>
      <source>machine (this computer, the default) or network</source>
      <translation>machine (cet ordinateur, par défaut) ou network</translation>
    </message>
    <message>
      <source>safety_contact</source>
      <translation>contact de sécurité</translation>
    </message>
    <message>
      <source>identity</source>
      <translation>nom et date de naissance</translation>
    </message>
    <message>
      <source>consent</source>
      <translation>consentement</translation>
    </message>
    <message>
      <source>plan</source>
      <translation>plan</translation>
    </message>
    <message>
      <source>goal</source>
      <translation>objectif</translation>
    </message>
    <message>
      <source>own_symptom</source>
      <translation>symptôme propre</translation>
    </message>
    <message>
      <source>rating</source>
      <translation>évaluation</translation>
    </message>
    <message>
      <source>scale_result</source>
      <translation>résultat de questionnaire</translation>
    </message>
    <message>
      <source>treatment_event</source>
      <translation>traitement noté</translation>
    </message>
    <message>
      <source>adverse_effect</source>
      <translation>effet indésirable</translation>
    </message>
    <message>
      <source>session</source>
      <translation>séance</translation>
    </message>
    <message>
      <source>note</source>
      <translation>note</translation>
    </message>
    <message>
      <source>amendment</source>
      <translation>avenant</translation>
    </message>
    <message>
      <source>intake</source>
      <translation>questionnaire d’accueil</translation>
    </message>
    <message>
      <source>acknowledgement</source>
      <translation>confirmation</translation>
    </message>
    <message>
      <source>override</source>
      <translation>dérogation</translation>
    </message>
    <message>
      <source>appointment</source>
      <translation>rendez-vous</translation>
    </message>
    <message>
      <source>photosensitive</source>
      <translation>photosensible</translation>
    </message>
    <message>
      <source>seizure history</source>
      <translation>antécédent de crise</translation>
    </message>
    <message>
      <source>implanted stimulator</source>
      <translation>stimulateur implanté</translation>
    </message>
    <message>
      <source>medication that changes the EEG</source>
      <translation>médicament modifiant l’EEG</translation>
    </message>
    <message>
      <source>psychosis</source>
      <translation>psychose</translation>
    </message>
    <message>
      <source>skin, wound or allergy at the head</source>
      <translation>peau, plaie ou allergie à la tête</translation>
    </message>
    <message>
      <source>hearing</source>
      <translation>audition</translation>
    </message>
    <message>
      <source>other, see the remark</source>
      <translation>autre, voir la remarque</translation>
    </message>
    <message>
      <source>medication</source>
      <translation>médicament</translation>
    </message>
    <message>
      <source>psychotherapy</source>
      <translation>psychothérapie</translation>
    </message>
    <message>
      <source>TMS (transcranial magnetic stimulation)</source>
      <translation>TMS (stimulation magnétique transcrânienne)</translation>
    </message>
    <message>
      <source>esketamine or ketamine</source>
      <translation>eskétamine ou kétamine</translation>
    </message>
    <message>
      <source>ECT (electroconvulsive therapy)</source>
      <translation>ECT (électroconvulsivothérapie)</translation>
    </message>
    <message>
      <source>DBS or VNS (implanted stimulator)</source>
      <translation>DBS ou VNS (stimulateur implanté)</translation>
    </message>
    <message>
      <source>psychedelic-assisted therapy</source>
      <translation>thérapie assistée par psychédéliques</translation>
    </message>
    <message>
      <source>anaesthesia or sedation</source>
      <translation>anesthésie ou sédation</translation>
    </message>
    <message>
      <source>light therapy</source>
      <translation>luminothérapie</translation>
    </message>
    <message>
      <source>sleep therapy</source>
      <translation>thérapie du sommeil</translation>
    </message>
    <message>
      <source>exercise</source>
      <translation>exercice</translation>
    </message>
    <message>
      <source>nutrition</source>
      <translation>alimentation</translation>
    </message>
    <message>
      <source>genetic testing that informs medication</source>
      <translation>test génétique guidant la médication</translation>
    </message>
    <message>
      <source>other</source>
      <translation>autre</translation>
    </message>
    <message>
      <source>spacey or foggy</source>
      <translation>esprit embrumé</translation>
    </message>
    <message>
      <source>nausea</source>
      <translation>nausée</translation>
    </message>
    <message>
      <source>anxious</source>
      <translation>anxiété</translation>
    </message>
    <message>
      <source>restless or irritable</source>
      <translation>agitation ou irritabilité</translation>
    </message>
    <message>
      <source>low mood or crying</source>
      <translation>humeur basse ou pleurs</translation>
    </message>
    <message>
      <source>trouble falling asleep</source>
      <translation>difficulté à s’endormir</translation>
    </message>
    <message>
      <source>vivid dreams</source>
      <translation>rêves intenses</translation>
    </message>
    <message>
      <source>intrusive memories</source>
      <translation>souvenirs intrusifs</translation>
    </message>
    <message>
      <source>tingling or skin</source>
      <translation>picotements ou peau</translation>
    </message>
    <message>
      <source>eye strain</source>
      <translation>fatigue oculaire</translation>
    </message>
    <message>
      <source>seizure</source>
      <translation>crise d’épilepsie</translation>
    </message>
    <message>
      <source>fainting</source>
      <translation>syncope</translation>
    </message>
    <message>
      <source>Have you ever had a seizure, or do you have epilepsy?</source>
      <translation>Avez-vous déjà eu une crise convulsive, ou avez-vous une épilepsie ?</translation>
    </message>
    <message>
      <source>Photosafe feedback only, no flashing scenes.</source>
      <translation>Uniquement un feedback adapté à la photosensibilité, pas de scènes clignotantes.</translation>
    </message>
    <message>
      <source>Have you ever lost consciousness without a known cause?</source>
      <translation>Avez-vous déjà perdu connaissance sans cause connue ?</translation>
    </message>
    <message>
      <source>Has flickering light ever set off a seizure, in you or in your family?</source>
      <translation>Une lumière scintillante a-t-elle déjà déclenché une crise, chez vous ou dans votre famille ?</translation>
    </message>
    <message>
      <source>Do you have an implanted stimulator (DBS, VNS, RNS, cochlear implant) or a pacemaker?</source>
      <translation>Avez-vous un stimulateur implanté (DBS, VNS, RNS, implant cochléaire) ou un pacemaker ?</translation>
    </message>
    <message>
      <source>Log its settings and its on and off times; look for its artefact in the baseline; mark the session.</source>
      <translation>Consignez ses réglages et ses heures de marche et d’arrêt ; cherchez son artefact dans la ligne de base ; marquez la séance.</translation>
    </message>
    <message>
      <source>Have you ever lost touch with reality, heard or seen what others did not?</source>
      <translation>Avez-vous déjà perdu le contact avec la réalité, entendu ou vu ce que d’autres n’entendaient ou ne voyaient pas ?</translation>
    </message>
    <message>
      <source>Alpha-theta and alpha-down training are locked.</source>
      <translation>Les entraînements alpha-thêta et alpha en baisse sont bloqués.</translation>
    </message>
    <message>
      <source>Have you ever been unusually high or driven for days, or do you have a bipolar disorder?</source>
      <translation>Avez-vous déjà été inhabituellement exalté(e) ou survolté(e) pendant des jours, ou avez-vous un trouble bipolaire ?</translation>
    </message>
    <message>
      <source>Do you lose time, feel unreal, or live with the after-effects of trauma?</source>
      <translation>Perdez-vous la notion du temps, avez-vous un sentiment d’irréalité, ou vivez-vous avec les suites d’un traumatisme ?</translation>
    </message>
    <message>
      <source>Have you had a head or brain injury?</source>
      <translation>Avez-vous eu une lésion de la tête ou du cerveau ?</translation>
    </message>
    <message>
      <source>Ask the clinician first.</source>
      <translation>Demandez d’abord au clinicien.</translation>
    </message>
    <message>
      <source>Do you have a neurological condition?</source>
      <translation>Avez-vous une affection neurologique ?</translation>
    </message>
    <message>
      <source>Are you pregnant?</source>
      <translation>Êtes-vous enceinte ?</translation>
    </message>
    <message>
      <source>Do you have thoughts of death or of harming yourself?</source>
      <translation>Avez-vous des idées de mort ou de vous faire du mal ?</translation>
    </message>
    <message>
      <source>Show the crisis contact and talk first. Training never replaces crisis care.</source>
      <translation>Montrez le contact de crise et parlez d’abord. L’entraînement ne remplace jamais une prise en charge de crise.</translation>
    </message>
    <message>
      <source>Do you take a benzodiazepine, an antiepileptic or a stimulant?</source>
      <translation>Prenez-vous une benzodiazépine, un antiépileptique ou un stimulant ?</translation>
    </message>
    <message>
      <source>Log it at every visit: beta and alpha move with it.</source>
      <translation>Consignez-le à chaque visite : bêta et alpha varient avec lui.</translation>
    </message>
    <message>
      <source>Is there a wound on your scalp?</source>
      <translation>Y a-t-il une plaie sur votre cuir chevelu ?</translation>
    </message>
    <message>
      <source>Keep electrodes away from it.</source>
      <translation>N’y placez pas d’électrodes.</translation>
    </message>
    <message>
      <source>Are you allergic to gel or metal?</source>
      <translation>Êtes-vous allergique au gel ou au métal ?</translation>
    </message>
    <message>
      <source>Choose another gel or electrode.</source>
      <translation>Choisissez un autre gel ou une autre électrode.</translation>
    </message>
    <message>
      <source>Do you have a shunt, or has your skull been opened?</source>
      <translation>Avez-vous une dérivation (shunt), ou votre crâne a-t-il été ouvert ?</translation>
    </message>
    <message>
      <source>EEG is larger over an opening of the skull; keep off a shunt.</source>
      <translation>L’EEG est plus grand au-dessus d’une ouverture du crâne ; restez à distance d’une dérivation.</translation>
    </message>
    <message>
      <source>Are you under 18?</source>
      <translation>Avez-vous moins de 18 ans ?</translation>
    </message>
    <message>
      <source>A guardian's consent is needed; sound stays below 75 dB.</source>
      <translation>Le consentement d’un responsable légal est nécessaire ; le son reste sous 75 dB.</translation>
    </message>
    <message>
      <source>Low energy / low mood</source>
      <translation>Peu d’énergie / humeur basse</translation>
    </message>
    <message>
      <source>Calm scene or own film, no numbers.</source>
      <translation>Scène calme ou film au choix, pas de nombres.</translation>
    </message>
    <message>
      <source>Say: you can stop at any time.</source>
      <translation>Dites : vous pouvez arrêter à tout moment.</translation>
    </message>
    <message>
      <source>Sensitive / anxious</source>
      <translation>Sensible / anxieux</translation>
    </message>
    <message>
      <source>Slow fades, no dark screen.</source>
      <translation>Fondus lents, pas d’écran sombre.</translation>
    </message>
    <message>
      <source>Child</source>
      <translation>Enfant</translation>
    </message>
    <message>
      <source>One sentence of instruction.</source>
      <translation>Une seule phrase d’instruction.</translation>
    </message>
    <message>
      <source>A shrinking ring for the time.</source>
      <translation>Un anneau qui rétrécit pour le temps.</translation>
    </message>
    <message>
      <source>A sticker whatever the result.</source>
      <translation>Un autocollant quel que soit le résultat.</translation>
    </message>
    <message>
      <source>Photosensitive</source>
      <translation>Photosensible</translation>
    </message>
    <message>
      <source>A film of the client's own may flash by itself: say so, or leave it out.</source>
      <translation>Un film du client peut clignoter de lui-même : dites-le, ou laissez-le de côté.</translation>
    </message>
    <message>
      <source>Target, runs and feedback are fixed by the protocol; markers go to the file.</source>
      <translation>L’objectif, les séquences et le feedback sont fixés par le protocole ; les marqueurs vont dans le fichier.</translation>
    </message>
    <message>
      <source>Calm</source>
      <translation>Calme</translation>
    </message>
    <message>
      <source>tense</source>
      <translation>tendu</translation>
    </message>
    <message>
      <source>calm</source>
      <translation>calme</translation>
    </message>
    <message>
      <source>Sleep last night</source>
      <translation>Sommeil de la nuit</translation>
    </message>
    <message>
      <source>Expect it to help</source>
      <translation>Aide attendue</translation>
    </message>
    <message>
      <source>not at all</source>
      <translation>pas du tout</translation>
    </message>
    <message>
      <source>Motivation</source>
      <translation>Motivation</translation>
    </message>
    <message>
      <source>very high</source>
      <translation>très haute</translation>
    </message>
    <message>
      <source>Sleepiness</source>
      <translation>Somnolence</translation>
    </message>
    <message>
      <source>wide awake</source>
      <translation>bien éveillé</translation>
    </message>
    <message>
      <source>very sleepy</source>
      <translation>très somnolent</translation>
    </message>
    <message>
      <source>Effort</source>
      <translation>Effort</translation>
    </message>
    <message>
      <source>Control felt</source>
      <translation>Contrôle ressenti</translation>
    </message>
    <message>
      <source>full</source>
      <translation>entier</translation>
    </message>
    <message>
      <source>last 2 weeks</source>
      <translation>2 dernières semaines</translation>
    </message>
    <message>
      <source>minimal</source>
      <translation>minime</translation>
    </message>
    <message>
      <source>moderately severe</source>
      <translation>modérément sévère</translation>
    </message>
    <message>
      <source>very low well-being</source>
      <translation>bien-être très bas</translation>
    </message>
    <message>
      <source>low well-being</source>
      <translation>bien-être bas</translation>
    </message>
    <message>
      <source>last 7 days</source>
      <translation>7 derniers jours</translation>
    </message>
    <message>
      <source>very severe</source>
      <translation>très sévère</translation>
    </message>
    <message>
      <source>subthreshold</source>
      <translation>sous le seuil</translation>
    </message>
    <message>
      <source>last month</source>
      <translation>dernier mois</translation>
    </message>
    <message>
      <source>poor sleep</source>
      <translation>sommeil médiocre</translation>
    </message>
    <message>
      <source>Timing only, not cause</source>
      <translation>Chronologie seulement, non la cause</translation>
    </message>
    <message>
      <source>Trends appear after the second visit.</source>
      <translation>L’évolution apparaît après la deuxième visite.</translation>
    </message>
    <message>
      <source>Above the first session's 70th percentile</source>
      <translation>Au-dessus du 70e percentile de la première séance</translation>
    </message>
    <message>
      <source>Clean time</source>
      <translation>Temps propre</translation>
    </message>
    <message>
      <source>Timing shown together does not prove cause. Wellness/research software, not a diagnosis.</source>
      <translation>Une coïncidence dans le temps ne prouve pas une cause. Logiciel de bien-être et de recherche, pas un diagnostic.</translation>
    </message>
    <message>
      <source>A change shown here cannot be separated from expectancy, time or other treatment.</source>
      <translation>Un changement montré ici ne peut être séparé de l’attente, du temps ou d’un autre traitement.</translation>
    </message>
    <message>
      <source>Snapshot, read with care: two moments of one day differ for ordinary reasons (alertness, electrodes, posture).</source>
      <translation>Instantané, à lire avec prudence : deux moments d’une même journée diffèrent pour des raisons ordinaires (vigilance, électrodes, posture).</translation>
    </message>
    <message>
      <source>rising</source>
      <translation>en hausse</translation>
    </message>
    <message>
      <source>falling</source>
      <translation>en baisse</translation>
    </message>
    <message>
      <source>flat</source>
      <translation>plat</translation>
    </message>
    <message>
      <source>unclear</source>
      <translation>incertain</translation>
    </message>
    <message>
      <source>rule</source>
      <translation>règle</translation>
    </message>
    <message>
      <source>not finished</source>
      <translation>non terminée</translation>
    </message>
    <message>
      <source>simulated client</source>
      <translation>client simulé</translation>
    </message>
    <message>
      <source>no contact</source>
      <translation>pas de contact</translation>
    </message>
    <message>
      <source>large swings</source>
      <translation>grandes oscillations</translation>
    </message>
    <message>
      <source>same signal as {twin}</source>
      <translation>même signal que {twin}</translation>
    </message>
    <message>
      <source>very small signal</source>
      <translation>signal très faible</translation>
    </message>
    <message>
      <source>Visit {n} of this client began at {began} and is not closed: is another window open?</source>
      <translation>La visite {n} de ce client a commencé à {began} et n’est pas close : une autre fenêtre est-elle ouverte ?</translation>
    </message>
    <message>
      <source>The intake screen has not been answered yet: do it before the first visit.</source>
      <translation>Le questionnaire d’entrée n’a pas encore de réponses : remplissez-le avant la première visite.</translation>
    </message>
    <message>
      <source>One question of the intake screen is open.</source>
      <translation>Une question du questionnaire d’entrée est en suspens.</translation>
    </message>
    <message>
      <source>{n} questions of the intake screen are open.</source>
      <translation>{n} questions du questionnaire d’entrée sont en suspens.</translation>
    </message>
    <message>
      <source>{consequence} A clinician has to confirm first.</source>
      <translation>{consequence} Un clinicien doit d’abord confirmer.</translation>
    </message>
    <message>
      <source>{protocol}: locked by the intake screen. Choose another protocol.</source>
      <translation>{protocol} : bloqué par le questionnaire d’entrée. Choisissez un autre protocole.</translation>
    </message>
    <message>
      <source>No consent to training is on file.</source>
      <translation>Aucun consentement à l’entraînement n’est enregistré.</translation>
    </message>
    <message>
      <source>Mood {before} → {now} since the last visit. {safety}</source>
      <translation>Humeur {before} → {now} depuis la dernière visite. {safety}</translation>
    </message>
    <message>
      <source>No safety text is set: Settings, Safety.</source>
      <translation>Aucun texte de sécurité n’est défini : Réglages, Sécurité.</translation>
    </message>
    <message>
      <source>{n} min of training on the first visit: begin with {most} min.</source>
      <translation>{n} min d’entraînement à la première visite : commencez par {most} min.</translation>
    </message>
    <message>
      <source>{n} min of training in one day: more than {most} needs a reason.</source>
      <translation>{n} min d’entraînement en un jour : au-delà de {most}, il faut une raison.</translation>
    </message>
    <message>
      <source>{n} min of training in one day: {most} is the most, with a reason.</source>
      <translation>{n} min d’entraînement en un jour : {most} au plus, avec une raison.</translation>
    </message>
    <message>
      <source>{n} min of visit in one day: more than {most} needs a reason.</source>
      <translation>{n} min de visite en un jour : au-delà de {most}, il faut une raison.</translation>
    </message>
    <message>
      <source>{n} min of visit in one day: {most} is the most, with a reason.</source>
      <translation>{n} min de visite en un jour : {most} au plus, avec une raison.</translation>
    </message>
    <message>
      <source>Runs of {n} min: give a break after {most} min at the latest.</source>
      <translation>Séquences de {n} min : faites une pause au plus tard après {most} min.</translation>
    </message>
    <message>
      <source>Breaks of {n} s: at least {least} s.</source>
      <translation>Pauses de {n} s : au moins {least} s.</translation>
    </message>
    <message>
      <source>{n} sessions within seven days: at most {most}.</source>
      <translation>{n} séances en sept jours : {most} au plus.</translation>
    </message>
    <message>
      <source>Reported on {day}: {effect}. Do not train; inform the clinician.</source>
      <translation>Signalé le {day} : {effect}. Ne pas entraîner ; informez le clinicien.</translation>
    </message>
    <message>
      <source>{effect} (2 or above) {n} times: change or stop, inform clinician.</source>
      <translation>{effect} (2 ou plus) {n} fois : changez ou arrêtez, informez le clinicien.</translation>
    </message>
    <message>
      <source>{scale} of {day}: the item about thoughts of death or self-harm was answered above 'not at all'. Talk with the client, then write who did what before you start.</source>
      <translation>{scale} du {day} : la question sur les pensées de mort ou d’automutilation a reçu une réponse supérieure à « jamais ». Parlez avec le client, puis notez qui a fait quoi avant de commencer.</translation>
    </message>
    <message>
      <source>{scale} of {day}, at home: the item about thoughts of death or self-harm was answered above 'not at all'. Talk with the client, then write who did what before you start.</source>
      <translation>{scale} du {day}, à domicile : la question sur les pensées de mort ou d’automutilation a reçu une réponse supérieure à « jamais ». Parlez avec le client, puis notez qui a fait quoi avant de commencer.</translation>
    </message>
    <message>
      <source>Worsening: {scale} of {day}, the item about thoughts of death or self-harm is higher than before.</source>
      <translation>Aggravation : {scale} du {day}, la question sur les pensées de mort ou d’automutilation est plus élevée qu’avant.</translation>
    </message>
    <message>
      <source>Worsening: {scale} of {day}, total {before} → {now}.</source>
      <translation>Aggravation : {scale} du {day}, total {before} → {now}.</translation>
    </message>
    <message>
      <source>Worsening: {scale} of {day}, the item about thoughts of death or self-harm is higher than before, total {before} → {now}.</source>
      <translation>Aggravation : {scale} du {day}, la question sur les pensées de mort ou d’automutilation est plus élevée qu’avant, total {before} → {now}.</translation>
    </message>
    <message>
      <source>{scale} of {day}: item {item} was left out. Ask about it.</source>
      <translation>{scale} du {day} : la question {item} est restée sans réponse. Posez-la.</translation>
    </message>
    <message>
      <source>Thank you for answering openly. You are not alone with this, and it helps to talk about it.</source>
      <translation>Merci d’avoir répondu ouvertement. Vous n’êtes pas seul avec cela, et en parler aide.</translation>
    </message>
    <message>
      <source>Thank you for answering openly. You are not alone with this, and it helps to talk about it. Nobody watches these answers as you give them: please use the contacts below yourself.</source>
      <translation>Merci d’avoir répondu ouvertement. Vous n’êtes pas seul avec cela, et en parler aide. Personne ne voit ces réponses au moment où vous les donnez : veuillez utiliser vous-même les contacts ci-dessous.</translation>
    </message>
    <message>
      <source>Safety note, {scale} of {day}: see the client book (acknowledged by {who} on {when}).</source>
      <translation>Note de sécurité, {scale} du {day} : voir le livre des clients (confirmée par {who} le {when}).</translation>
    </message>
    <message>
      <source>Safety note, {scale} of {day}: see the client book (NOT YET ACKNOWLEDGED).</source>
      <translation>Note de sécurité, {scale} du {day} : voir le livre des clients (PAS ENCORE CONFIRMÉE).</translation>
    </message>
    <message>
      <source>{treatment} is due at {at}: be done with training before it.</source>
      <translation>{treatment} est prévu à {at} : terminez l’entraînement avant.</translation>
    </message>
    <message>
      <source>{treatment} today: no training on the same day.</source>
      <translation>{treatment} aujourd’hui : pas d’entraînement le même jour.</translation>
    </message>
    <message>
      <source>{treatment} today: at what time? Train before it, or two hours after it.</source>
      <translation>{treatment} aujourd’hui : à quelle heure ? Entraînez avant, ou deux heures après.</translation>
    </message>
    <message>
      <source>{treatment} is due at {at}: train before it.</source>
      <translation>{treatment} est prévu à {at} : entraînez avant.</translation>
    </message>
    <message>
      <source>{treatment} at {at}: wait until {until}.</source>
      <translation>{treatment} à {at} : attendez jusqu’à {until}.</translation>
    </message>
    <message>
      <source>Own symptoms: {n}. {fewest} to {most} of them show changes best.</source>
      <translation>Symptômes propres : {n}. De {fewest} à {most} montrent le mieux les changements.</translation>
    </message>
    <message>
      <source>{n} own symptoms: more than {most} take too long at every visit. Rest some of them.</source>
      <translation>{n} symptômes propres : plus de {most} prennent trop de temps à chaque visite. Mettez-en quelques-uns en repos.</translation>
    </message>
    <message>
      <source>This computer's clock says {now} UTC, but the newest entry of the client book is of {newest} UTC. Check date and time; entries keep the order in which they were made.</source>
      <translation>L’horloge de cet ordinateur indique {now} UTC, mais l’entrée la plus récente du carnet clients est du {newest} UTC. Vérifiez la date et l’heure ; les entrées gardent l’ordre dans lequel elles ont été faites.</translation>
    </message>
    <message>
      <source>This client book was written by a newer nfb (version {version} of the book, this program knows {newest}). It is open for reading only. Install the newer nfb to write.</source>
      <translation>Ce carnet clients a été écrit par un nfb plus récent (version {version} du carnet, ce programme connaît la {newest}). Il est ouvert en lecture seule. Installez le nfb plus récent pour écrire.</translation>
    </message>
    <message>
      <source>The client book was brought up to date. A copy of how it was before: {backup}</source>
      <translation>Le carnet clients a été mis à jour. Une copie de son état précédent : {backup}</translation>
    </message>
    <message>
      <source>The file or its folder is write-protected.</source>
      <translation>Le fichier ou son dossier est protégé en écriture.</translation>
    </message>
    <message>
      <source>The server allows reading only.</source>
      <translation>Le serveur n’autorise que la lecture.</translation>
    </message>
    <message>
      <source>Opened for reading only: {why}</source>
      <translation>Ouvert en lecture seule : {why}</translation>
    </message>
    <message>
      <source>The file is damaged in part; it was opened for reading so that nothing more is lost. {advice}</source>
      <translation>Le fichier est endommagé en partie ; il a été ouvert en lecture pour que rien de plus ne se perde. {advice}</translation>
    </message>
    <message>
      <source>Put a copy from your own backup in its place.</source>
      <translation>Remplacez-le par une copie de votre propre sauvegarde.</translation>
    </message>
    <message>
      <source>The newest copy that this program took is {backup}.</source>
      <translation>La copie la plus récente faite par ce programme est {backup}.</translation>
    </message>
    <message>
      <source>{client} belonged to a client who was erased. Choose another code.</source>
      <translation>{client} appartenait à un client effacé. Choisissez un autre code.</translation>
    </message>
    <message>
      <source>{client} is taken already. Choose another code.</source>
      <translation>{client} est déjà pris. Choisissez un autre code.</translation>
    </message>
    <message>
      <source>{client} already has its {kind}. Read it again and change it.</source>
      <translation>{client} a déjà cette entrée : {kind}. Relisez-la et modifiez-la.</translation>
    </message>
    <message>
      <source>there is no such client in the client book.</source>
      <translation>ce client n’existe pas dans le livre des clients.</translation>
    </message>
    <message>
      <source>{book} is open for reading only. {advice}</source>
      <translation>{book} est ouvert en lecture seule. {advice}</translation>
    </message>
    <message>
      <source>Say why the record goes to another client.</source>
      <translation>Dites pourquoi l’entrée passe à un autre client.</translation>
    </message>
    <message>
      <source>Say why the session goes to another client.</source>
      <translation>Dites pourquoi la séance passe à un autre client.</translation>
    </message>
    <message>
      <source>The note of this visit is signed; it stays, and so does the session.</source>
      <translation>La note de cette visite est signée ; elle reste, et la séance aussi.</translation>
    </message>
    <message>
      <source>Say why the client is erased, e.g. 'asked for it'.</source>
      <translation>Dites pourquoi le client est effacé, p. ex. « l’a demandé ».</translation>
    </message>
    <message>
      <source>The note was signed by {who} already. Add an amendment.</source>
      <translation>La note a déjà été signée par {who}. Ajoutez un avenant.</translation>
    </message>
    <message>
      <source>A note is signed with a name. Say who signs.</source>
      <translation>Une note est signée d’un nom. Dites qui signe.</translation>
    </message>
    <message>
      <source>{advice} Shorten the visit.</source>
      <translation>{advice} Raccourcissez la visite.</translation>
    </message>
    <message>
      <source>Say why the limits are passed; the reason goes into the client book.</source>
      <translation>Dites pourquoi les limites sont dépassées ; la raison est notée dans le livre des clients.</translation>
    </message>
    <message>
      <source>The {kind} was removed at another desk after you opened it. Nothing was overwritten: look at both and save again.</source>
      <translation>Cette entrée a été supprimée sur un autre poste après que vous l’avez ouverte : {kind}. Rien n’a été écrasé : regardez les deux et enregistrez de nouveau.</translation>
    </message>
    <message>
      <source>The {kind} was changed at another desk after you opened it ({changes}). Nothing was overwritten: look at both and save again.</source>
      <translation>Cette entrée a été modifiée sur un autre poste après que vous l’avez ouverte : {kind} ({changes}). Rien n’a été écrasé : regardez les deux et enregistrez de nouveau.</translation>
    </message>
    <message>
      <source>{field}: theirs {theirs}, yours {yours}</source>
      <translation>{field} : l’autre {theirs}, la vôtre {yours}</translation>
    </message>
    <message>
      <source>another program has held the client book for more than {n} s. Close it there (a backup or a database tool, perhaps) and try again.</source>
      <translation>un autre programme retient le carnet clients depuis plus de {n} s. Fermez-le là-bas (une sauvegarde ou un outil de base de données, peut-être) et réessayez.</translation>
    </message>
    <message>
      <source>must be 2 to 16 letters A-Z and digits, at least one of each, such as A031. A name goes into the field for the name.</source>
      <translation>doit compter 2 à 16 lettres A–Z et chiffres, au moins un de chaque, comme A031. Un nom va dans le champ du nom.</translation>
    </message>
    <message>
      <source>must be one of {choices}</source>
      <translation>doit être l’un de {choices}</translation>
    </message>
    <message>
      <source>must be a list</source>
      <translation>doit être une liste</translation>
    </message>
    <message>
      <source>must be a table</source>
      <translation>doit être un tableau</translation>
    </message>
    <message>
      <source>must be a text</source>
      <translation>doit être un texte</translation>
    </message>
    <message>
      <source>must be a whole number</source>
      <translation>doit être un nombre entier</translation>
    </message>
    <message>
      <source>must be a number</source>
      <translation>doit être un nombre</translation>
    </message>
    <message>
      <source>must be a finite number</source>
      <translation>doit être un nombre fini</translation>
    </message>
    <message>
      <source>must be a moment with its time zone</source>
      <translation>doit être un moment avec son fuseau horaire</translation>
    </message>
    <message>
      <source>must be a moment from year 1 to 9999</source>
      <translation>doit être un moment de l’an 1 à 9999</translation>
    </message>
    <message>
      <source>must be a table of figures</source>
      <translation>doit être un tableau de chiffres</translation>
    </message>
    <message>
      <source>must be a time of day without a time zone</source>
      <translation>doit être une heure sans fuseau horaire</translation>
    </message>
    <message>
      <source>must be yes or no</source>
      <translation>doit être oui ou non</translation>
    </message>
    <message>
      <source>must be a day</source>
      <translation>doit être un jour</translation>
    </message>
    <message>
      <source>must be a time of day</source>
      <translation>doit être une heure</translation>
    </message>
    <message>
      <source>{n} characters: at most {limit} fit. Shorten it.</source>
      <translation>{n} caractères : {limit} au plus. Raccourcissez.</translation>
    </message>
    <message>
      <source>is empty. Fill it in.</source>
      <translation>est vide. Remplissez-le.</translation>
    </message>
    <message>
      <source>must be from {low} to {high}</source>
      <translation>doit être compris entre {low} et {high}</translation>
    </message>
    <message>
      <source>two keys differ only in characters that are not kept. Rename one.</source>
      <translation>deux clés ne diffèrent que par des caractères qui ne sont pas conservés. Renommez-en une.</translation>
    </message>
    <message>
      <source>lies before it was given ({given})</source>
      <translation>précède la date où il a été donné ({given})</translation>
    </message>
    <message>
      <source>the highest on this {measure} is {highest}</source>
      <translation>le maximum sur cette échelle ({measure}) est {highest}</translation>
    </message>
    <message>
      <source>{n} answers given, {scale} has {items} items</source>
      <translation>{n} réponses données, {scale} compte {items} questions</translation>
    </message>
    <message>
      <source>is not the answer to item {item}</source>
      <translation>n’est pas la réponse à la question {item}</translation>
    </message>
    <message>
      <source>{scale} goes from {low} to {high}</source>
      <translation>{scale} va de {low} à {high}</translation>
    </message>
    <message>
      <source>only its total can be entered. {licence}</source>
      <translation>seul le total peut être saisi. {licence}</translation>
    </message>
    <message>
      <source>{n} answers given, it has {items} items</source>
      <translation>{n} réponses données, il y a {items} questions</translation>
    </message>
    <message>
      <source>enter the answer to item {item} beside the total</source>
      <translation>saisissez la réponse à la question {item} à côté du total</translation>
    </message>
    <message>
      <source>enter it as {scale}, so that its range and its items are checked</source>
      <translation>saisissez-le comme {scale}, afin que son étendue et ses questions soient vérifiées</translation>
    </message>
    <message>
      <source>a confirmation needs the clinician's name and a reason</source>
      <translation>une confirmation demande le nom du clinicien et une raison</translation>
    </message>
    <message>
      <source>a signed note carries who signed it and when, a draft neither</source>
      <translation>une note signée dit qui l’a signée et quand ; un brouillon ni l’un ni l’autre</translation>
    </message>
    <message>
      <source>an empty note cannot be signed</source>
      <translation>une note vide ne peut pas être signée</translation>
    </message>
    <message>
      <source>the note is signed and stays as it is. Add an amendment.</source>
      <translation>la note est signée et reste telle quelle. Ajoutez un avenant.</translation>
    </message>
    <message>
      <source>a result stays as it was answered. Retract it with a reason and enter it again.</source>
      <translation>un résultat reste tel qu’il a été répondu. Retirez-le avec une raison et saisissez-le de nouveau.</translation>
    </message>
    <message>
      <source>the code is in the recordings' names; it stays. Add a new client instead.</source>
      <translation>le code est dans les noms des enregistrements ; il reste. Ajoutez plutôt un nouveau client.</translation>
    </message>
    <message>
      <source>the session is not paused</source>
      <translation>la séance n’est pas en pause</translation>
    </message>
    <message>
      <source>the session is paused already</source>
      <translation>la séance est déjà en pause</translation>
    </message>
    <message>
      <source>no threshold here is a percentile that could be taken anew</source>
      <translation>aucun seuil n’est ici un percentile que l’on pourrait reprendre</translation>
    </message>
    <message>
      <source>new filters need {needed} s of clean EEG, there are {there} s</source>
      <translation>de nouveaux filtres demandent {needed} s d’EEG propre, il y en a {there} s</translation>
    </message>
    <message>
      <source>{n} thresholds: the protocol has {n_conditions} conditions</source>
      <translation>{n} seuils : le protocole a {n_conditions} conditions</translation>
    </message>
    <message>
      <source>thresholds must be finite numbers</source>
      <translation>les seuils doivent être des nombres finis</translation>
    </message>
    <message>
      <source>condition {condition}: the protocol has conditions 0 to {last}</source>
      <translation>condition {condition} : le protocole a les conditions 0 à {last}</translation>
    </message>
    <message>
      <source>threshold {value}: must be a finite number</source>
      <translation>seuil {value} : doit être un nombre fini</translation>
    </message>
    <message>
      <source>target {value}: must lie between 0 and 1</source>
      <translation>cible {value} : doit se situer entre 0 et 1</translation>
    </message>
    <message>
      <source>there is no clean baseline to take the threshold from</source>
      <translation>il n’y a pas de ligne de base propre d’où tirer le seuil</translation>
    </message>
    <message>
      <source>thresholds are recalibrated once a session at the most, and this one has been</source>
      <translation>les seuils sont recalibrés une fois par séance au plus, et c’est déjà fait</translation>
    </message>
    <message>
      <source>a recalibration needs {needed} s of clean training, there are {there} s</source>
      <translation>un recalibrage demande {needed} s d’entraînement propre, il y en a {there} s</translation>
    </message>
    <message>
      <source>the last run is over</source>
      <translation>la dernière séquence est terminée</translation>
    </message>
    <message>
      <source>{runs} runs: a session has 1 to {most}</source>
      <translation>{runs} séquences : une séance en a 1 à {most}</translation>
    </message>
    <message>
      <source>{runs} runs: run {begun} has begun already</source>
      <translation>{runs} séquences : la séquence {begun} a déjà commencé</translation>
    </message>
    <message>
      <source>runs of {run_s} s: must last {shortest} to {longest} s</source>
      <translation>séquences de {run_s} s : doivent durer de {shortest} à {longest} s</translation>
    </message>
    <message>
      <source>alpha peak {hz} Hz: must lie from {lowest} to {highest} Hz</source>
      <translation>pic alpha {hz} Hz : doit se situer entre {lowest} et {highest} Hz</translation>
    </message>
    <message>
      <source>say why this alpha peak is used</source>
      <translation>dites pourquoi ce pic alpha est utilisé</translation>
    </message>
    <message>
      <source>upper edge must be below {half} Hz (half of {rate} Hz). Choose a lower band or a headset with a higher rate.</source>
      <translation>le bord supérieur doit être inférieur à {half} Hz (la moitié de {rate} Hz). Choisissez une bande plus basse ou un casque à fréquence plus élevée.</translation>
    </message>
    <message>
      <source>a baseline needs at least 1 s, and an end</source>
      <translation>une ligne de base demande au moins 1 s, et une fin</translation>
    </message>
    <message>
      <source>an alpha peak lies from 5 to 15 Hz; leave it out if it is not known</source>
      <translation>un pic alpha se situe entre 5 et 15 Hz ; laissez vide s’il n’est pas connu</translation>
    </message>
    <message>
      <source>a session has 1 to {most} runs</source>
      <translation>une séance compte 1 à {most} séquences</translation>
    </message>
    <message>
      <source>a run lasts {shortest} to {longest} s</source>
      <translation>une séquence dure {shortest} à {longest} s</translation>
    </message>
    <message>
      <source>a rest lasts 0 to {longest} s</source>
      <translation>une pause dure 0 à {longest} s</translation>
    </message>
    <message>
      <source>must lie between 0 and 1; it is a share of time, 65 % is 0.65</source>
      <translation>doit être compris entre 0 et 1 ; c’est une part du temps, 65 % s’écrit 0.65</translation>
    </message>
    <message>
      <source>the threshold of {feature} comes from the baseline, none was carried over</source>
      <translation>le seuil de {feature} vient de la ligne de base ; aucun n’a été repris</translation>
    </message>
    <message>
      <source>needs {sites}; this headset has {there}. Choose a protocol for these sites, or name the channels after where the electrodes are.</source>
      <translation>demande {sites} ; ce casque a {there}. Choisissez un protocole pour ces sites, ou nommez les canaux d’après la place des électrodes.</translation>
    </message>
    <message>
      <source> or </source>
      <translation> ou </translation>
    </message>
    <message>
      <source>The headset sends no samples.</source>
      <translation>Le casque n’envoie pas d’échantillons.</translation>
    </message>
    <message>
      <source>The headset delivers {rate_hz} samples a second, not {declared_hz} as it declares: every band is off by {percent} %.</source>
      <translation>Le casque fournit {rate_hz} échantillons par seconde, et non {declared_hz} comme il le déclare : chaque bande est décalée de {percent} %.</translation>
    </message>
    <message>
      <source>Look for its setting, or for samples lost on the way.</source>
      <translation>Vérifiez son réglage, ou si des échantillons se perdent en route.</translation>
    </message>
    <message>
      <source>Unexpected error: {error}. What was recorded is kept.</source>
      <translation>Erreur inattendue : {error}. Ce qui a été enregistré est conservé.</translation>
    </message>
    <message>
      <source>{place}: {reason}; trying the next folder.</source>
      <translation>{place} : {reason} ; essai du dossier suivant.</translation>
    </message>
    <message>
      <source>{place}: {reason}. The recording goes on in {root}.</source>
      <translation>{place} : {reason}. L’enregistrement continue dans {root}.</translation>
    </message>
    <message>
      <source>{place}: {reason}. No other folder can be written: samples are kept in memory for 30 minutes. Free some disk space or connect the drive again.</source>
      <translation>{place} : {reason}. Aucun autre dossier n’est accessible en écriture : les échantillons sont gardés en mémoire pendant 30 minutes. Libérez de l’espace disque ou rebranchez le lecteur.</translation>
    </message>
    <message>
      <source>Memory for the recording is full: samples from now on are not kept. Free some disk space and end the session; what was recorded before is still here.</source>
      <translation>La mémoire réservée à l’enregistrement est pleine : les échantillons ne sont plus conservés. Libérez de l’espace disque et terminez la séance ; ce qui a été enregistré avant est toujours là.</translation>
    </message>
    <message>
      <source>The recording is on disk again, in {root}.</source>
      <translation>L’enregistrement est de nouveau sur le disque, dans {root}.</translation>
    </message>
    <message>
      <source>{place} was removed. The recording was written again to {root}.</source>
      <translation>{place} a été retiré. L’enregistrement a été réécrit dans {root}.</translation>
    </message>
    <message>
      <source>{place} was removed. The recording is kept in memory until a folder can be written.</source>
      <translation>{place} a été retiré. L’enregistrement est gardé en mémoire jusqu’à ce qu’un dossier soit accessible en écriture.</translation>
    </message>
    <message>
      <source>The LSL stream has ended or cannot be reached.</source>
      <translation>Le flux LSL est terminé ou inaccessible.</translation>
    </message>
    <message>
      <source>No samples for {n} s.</source>
      <translation>Aucun échantillon depuis {n} s.</translation>
    </message>
    <message>
      <source>The LSL stream '{stream}' is not seen.</source>
      <translation>Le flux LSL « {stream} » n’est pas visible.</translation>
    </message>
    <message>
      <source>Start it again in the amplifier's software.</source>
      <translation>Relancez-le dans le logiciel de l’amplificateur.</translation>
    </message>
    <message>
      <source>The LSL stream '{stream}' came back with {n} channels at {hz} Hz, not {n_before} at {hz_before} Hz.</source>
      <translation>Le flux LSL « {stream} » est revenu avec {n} canaux à {hz} Hz, et non {n_before} à {hz_before} Hz.</translation>
    </message>
    <message>
      <source>Set the amplifier's software as it was.</source>
      <translation>Réglez le logiciel de l’amplificateur comme avant.</translation>
    </message>
    <message>
      <source>The LSL stream '{stream}' was seen but cannot be reached.</source>
      <translation>Le flux LSL « {stream} » a été vu mais n’est pas accessible.</translation>
    </message>
    <message>
      <source>Look whether a firewall stands between, and start the stream again.</source>
      <translation>Vérifiez si un pare-feu s’interpose, et relancez le flux.</translation>
    </message>
    <message>
      <source>The LSL stream '{stream}' does not answer.</source>
      <translation>Le flux LSL « {stream} » ne répond pas.</translation>
    </message>
    <message>
      <source>Start it again in its software.</source>
      <translation>Relancez-le dans son logiciel.</translation>
    </message>
    <message>
      <source>LSL stream '{stream}' on {host}; clock offset {ms} ms</source>
      <translation>Flux LSL « {stream} » sur {host} ; décalage d’horloge {ms} ms</translation>
    </message>
    <message>
      <source>No LSL stream named '{stream}' on this computer; seen: {seen}.</source>
      <translation>Aucun flux LSL nommé « {stream} » sur cet ordinateur ; visibles : {seen}.</translation>
    </message>
    <message>
      <source>No LSL stream named '{stream}' on the network; seen: {seen}.</source>
      <translation>Aucun flux LSL nommé « {stream} » sur le réseau ; visibles : {seen}.</translation>
    </message>
    <message>
      <source>No LSL stream of type EEG on this computer; seen: {seen}.</source>
      <translation>Aucun flux LSL de type EEG sur cet ordinateur ; visibles : {seen}.</translation>
    </message>
    <message>
      <source>No LSL stream of type EEG on the network; seen: {seen}.</source>
      <translation>Aucun flux LSL de type EEG sur le réseau ; visibles : {seen}.</translation>
    </message>
    <message>
      <source>Start streaming in the amplifier's software, or give --param scope=network if it runs elsewhere.</source>
      <translation>Lancez la diffusion dans le logiciel de l’amplificateur, ou indiquez --param scope=network s’il tourne ailleurs.</translation>
    </message>
    <message>
      <source>Start streaming in the amplifier's software.</source>
      <translation>Lancez la diffusion dans le logiciel de l’amplificateur.</translation>
    </message>
    <message>
      <source>there is no such file. Check the spelling and the folder.</source>
      <translation>ce fichier n’existe pas. Vérifiez l’orthographe et le dossier.</translation>
    </message>
    <message>
      <source>is a folder. Name the .toml file in it.</source>
      <translation>est un dossier. Indiquez le fichier .toml qu’il contient.</translation>
    </message>
    <message>
      <source>cannot be read ({reason}). Check the file's name and permissions.</source>
      <translation>ne peut pas être lu ({reason}). Vérifiez le nom et les droits du fichier.</translation>
    </message>
    <message>
      <source>sessions have used this version of {id}, so it stays as it is; save the change as version {next}</source>
      <translation>des séances ont utilisé cette version de {id}, elle reste donc telle quelle ; enregistrez la modification comme version {next}</translation>
    </message>
    <message>
      <source>cannot be written ({reason}). Choose another folder.</source>
      <translation>ne peut pas être écrit ({reason}). Choisissez un autre dossier.</translation>
    </message>
    <message>
      <source>the settings cannot be read ({reason}). The usual ones are used.</source>
      <translation>les réglages ne peuvent pas être lus ({reason}). Les réglages habituels sont utilisés.</translation>
    </message>
    <message>
      <source>the settings cannot be written ({reason}).</source>
      <translation>les réglages ne peuvent pas être écrits ({reason}).</translation>
    </message>
    <message>
      <source>is not finished. End the session, or run `nfb recover`, then reassign it.</source>
      <translation>n’est pas terminé. Terminez la séance, ou lancez `nfb recover`, puis réattribuez-la.</translation>
    </message>
    <message>
      <source>could not be given to {client}: {reason}. It was left as it is.</source>
      <translation>n’a pas pu être attribué à {client} : {reason}. Tout est resté en l’état.</translation>
    </message>
    <message>
      <source>was not recorded by this program. Choose a protocol to run on it.</source>
      <translation>n’a pas été enregistré par ce programme. Choisissez un protocole à lui appliquer.</translation>
    </message>
    <message>
      <source>lies within the recordings. Choose a folder outside of them.</source>
      <translation>se trouve dans les enregistrements. Choisissez un dossier en dehors.</translation>
    </message>
    <message>
      <source>not everything could be copied ({reason}).</source>
      <translation>tout n’a pas pu être copié ({reason}).</translation>
    </message>
    <message>
      <source>cannot be written: {reason}.</source>
      <translation>ne peut pas être écrit : {reason}.</translation>
    </message>
    <message>
      <source>is larger than {most} KiB; this is not a protocol. Choose a .toml file.</source>
      <translation>dépasse {most} Kio ; ce n’est pas un protocole. Choisissez un fichier .toml.</translation>
    </message>
    <message>
      <source>byte {at} is not UTF-8 text. Choose a .toml file, or save it as UTF-8.</source>
      <translation>l’octet {at} n’est pas du texte UTF-8. Choisissez un fichier .toml, ou enregistrez-le en UTF-8.</translation>
    </message>
    <message>
      <source>is empty. A protocol begins with schema = 1; copy one of the shipped files and change it.</source>
      <translation>est vide. Un protocole commence par schema = 1 ; copiez l’un des fichiers fournis et modifiez-le.</translation>
    </message>
    <message>
      <source>has comments only. A protocol begins with schema = 1; copy one of the shipped files and change it.</source>
      <translation>ne contient que des commentaires. Un protocole commence par schema = 1 ; copiez l’un des fichiers fournis et modifiez-le.</translation>
    </message>
    <message>
      <source>has lists nested too deep to be read. A protocol begins with schema = 1; copy one of the shipped files and change it.</source>
      <translation>a des listes imbriquées trop profondément pour être lues. Un protocole commence par schema = 1 ; copiez l’un des fichiers fournis et modifiez-le.</translation>
    </message>
    <message>
      <source>has a zero byte at character {at}; this is not a text file.</source>
      <translation>a un octet nul au caractère {at} ; ce n’est pas un fichier texte.</translation>
    </message>
    <message>
      <source>character {at} is half a letter. Save the file as UTF-8.</source>
      <translation>le caractère {at} est une moitié de lettre. Enregistrez le fichier en UTF-8.</translation>
    </message>
    <message>
      <source>is not TOML: {where}. Mend that line.</source>
      <translation>n’est pas du TOML : {where}. Corrigez cette ligne.</translation>
    </message>
    <message>
      <source>has a number of thousands of digits. Write a shorter one.</source>
      <translation>a un nombre de milliers de chiffres. Écrivez-en un plus court.</translation>
    </message>
    <message>
      <source>is missing: write schema = {schema} as the first line.</source>
      <translation>manque : écrivez schema = {schema} comme première ligne.</translation>
    </message>
    <message>
      <source>this file needs a newer nfb, this one reads schema {schema}. Update nfb.</source>
      <translation>ce fichier demande un nfb plus récent, celui-ci lit le schéma {schema}. Mettez nfb à jour.</translation>
    </message>
    <message>
      <source>must be the whole number {schema}.</source>
      <translation>doit être le nombre entier {schema}.</translation>
    </message>
    <message>
      <source>cannot be written: {reason}. Choose another folder.</source>
      <translation>ne peut pas être écrit : {reason}. Choisissez un autre dossier.</translation>
    </message>
    <message>
      <source>no space left on device</source>
      <translation>plus d’espace sur le disque</translation>
    </message>
    <message>
      <source>disk quota exceeded</source>
      <translation>quota de disque dépassé</translation>
    </message>
    <message>
      <source>permission denied</source>
      <translation>accès refusé</translation>
    </message>
    <message>
      <source>operation not permitted</source>
      <translation>opération non autorisée</translation>
    </message>
    <message>
      <source>read-only file system</source>
      <translation>système de fichiers en lecture seule</translation>
    </message>
    <message>
      <source>no such file or directory</source>
      <translation>fichier ou dossier inexistant</translation>
    </message>
    <message>
      <source>not a directory</source>
      <translation>n’est pas un dossier</translation>
    </message>
    <message>
      <source>is a directory</source>
      <translation>est un dossier</translation>
    </message>
    <message>
      <source>file exists</source>
      <translation>le fichier existe déjà</translation>
    </message>
    <message>
      <source>directory not empty</source>
      <translation>le dossier n’est pas vide</translation>
    </message>
    <message>
      <source>input/output error</source>
      <translation>erreur d’entrée/sortie du disque</translation>
    </message>
    <message>
      <source>no such device or address</source>
      <translation>appareil ou adresse inexistant</translation>
    </message>
    <message>
      <source>no such device</source>
      <translation>appareil inexistant</translation>
    </message>
    <message>
      <source>device or resource busy</source>
      <translation>appareil occupé</translation>
    </message>
    <message>
      <source>stale file handle</source>
      <translation>le fichier n’est plus valide sur le serveur</translation>
    </message>
    <message>
      <source>file name too long</source>
      <translation>nom de fichier trop long</translation>
    </message>
    <message>
      <source>file too large</source>
      <translation>fichier trop volumineux</translation>
    </message>
    <message>
      <source>too many open files</source>
      <translation>trop de fichiers ouverts</translation>
    </message>
    <message>
      <source>connection timed out</source>
      <translation>délai de connexion dépassé</translation>
    </message>
    <message>
      <source>must be text in double quotes</source>
      <translation>doit être un texte entre guillemets doubles</translation>
    </message>
    <message>
      <source>must be true or false, without quotes</source>
      <translation>doit être true ou false, sans guillemets</translation>
    </message>
    <message>
      <source>must be a whole number, without quotes</source>
      <translation>doit être un nombre entier, sans guillemets</translation>
    </message>
    <message>
      <source>must be a smaller number</source>
      <translation>doit être un nombre plus petit</translation>
    </message>
    <message>
      <source>must be a number, without quotes</source>
      <translation>doit être un nombre, sans guillemets</translation>
    </message>
    <message>
      <source>must be a list in square brackets</source>
      <translation>doit être une liste entre crochets</translation>
    </message>
    <message>
      <source>is missing: write {example}</source>
      <translation>manque : écrivez {example}</translation>
    </message>
    <message>
      <source>must be above {limit}</source>
      <translation>doit être supérieur à {limit}</translation>
    </message>
    <message>
      <source>must be at least {limit}</source>
      <translation>doit être d’au moins {limit}</translation>
    </message>
    <message>
      <source>must be below {limit}</source>
      <translation>doit être inférieur à {limit}</translation>
    </message>
    <message>
      <source>must be at most {limit}</source>
      <translation>doit être d’au plus {limit}</translation>
    </message>
    <message>
      <source>must not be empty</source>
      <translation>ne doit pas être vide</translation>
    </message>
    <message>
      <source>must have at most {most} entries, has {n}</source>
      <translation>doit avoir au plus {most} entrées, en a {n}</translation>
    </message>
    <message>
      <source>must be one line</source>
      <translation>doit tenir sur une ligne</translation>
    </message>
    <message>
      <source>must be two finite numbers in Hz, lower edge first, for example [12, 15]</source>
      <translation>doit être deux nombres finis en Hz, le bord inférieur d’abord, p. ex. [12, 15]</translation>
    </message>
    <message>
      <source>lower edge must be at least {limit} Hz; what is slower is filtered out</source>
      <translation>le bord inférieur doit être d’au moins {limit} Hz ; ce qui est plus lent est filtré</translation>
    </message>
    <message>
      <source>upper edge must be at most {limit} Hz; choose a lower band</source>
      <translation>le bord supérieur doit être d’au plus {limit} Hz ; choisissez une bande plus basse</translation>
    </message>
    <message>
      <source>upper edge must be at least {limit} Hz above the lower edge</source>
      <translation>le bord supérieur doit être au moins {limit} Hz au-dessus du bord inférieur</translation>
    </message>
    <message>
      <source>must be two finite numbers in Hz, counted from the alpha peak, for example [0, 2]</source>
      <translation>doit être deux nombres finis en Hz, comptés depuis le pic alpha, p. ex. [0, 2]</translation>
    </message>
    <message>
      <source>edges must lie between {low} and +{high} Hz from the alpha peak</source>
      <translation>les bords doivent être entre {low} et +{high} Hz du pic alpha</translation>
    </message>
    <message>
      <source>must be the name of one site, for example "C3"</source>
      <translation>doit être le nom d’un site, p. ex. "C3"</translation>
    </message>
    <message>
      <source>a feature's name has small letters, digits and _, begins with a letter, at most 32 of them</source>
      <translation>le nom d’une mesure a des minuscules, des chiffres et _, commence par une lettre, 32 caractères au plus</translation>
    </message>
    <message>
      <source>must be small letters, digits and single hyphens, at most 40, for example "smr-central"</source>
      <translation>doit être des minuscules, des chiffres et des traits d’union simples, 40 au plus, p. ex. "smr-central"</translation>
    </message>
    <message>
      <source>must be a bare DOI, for example "10.1093/brain/awaa009", or left out</source>
      <translation>doit être un DOI seul, p. ex. "10.1093/brain/awaa009", ou être omis</translation>
    </message>
    <message>
      <source>must be "device", "average" or a list of sites, for example ["A1", "A2"]</source>
      <translation>doit être "device", "average" ou une liste de sites, p. ex. ["A1", "A2"]</translation>
    </message>
    <message>
      <source>must be the name of one site, for example "Cz", or a list of them, such as ["C3", "C4"]</source>
      <translation>doit être le nom d’un site, p. ex. "Cz", ou une liste, p. ex. ["C3", "C4"]</translation>
    </message>
    <message>
      <source>must be a number above 0 and up to 10000, or false to switch this guard off</source>
      <translation>doit être un nombre supérieur à 0 et jusqu’à 10000, ou false pour désactiver cette protection</translation>
    </message>
    <message>
      <source>must be at most {n}, the number of sites; leave it out to need all of them</source>
      <translation>doit être d’au plus {n}, le nombre de sites ; omettez-le pour les exiger tous</translation>
    </message>
    <message>
      <source>must contain the whole band, which is [{low}, {high}]; it is [{from_hz}, {to_hz}]</source>
      <translation>doit contenir toute la bande, soit [{low}, {high}] ; c’est [{from_hz}, {to_hz}]</translation>
    </message>
    <message>
      <source>must be at most {limit} s for a slow feature, half of the second it is averaged over</source>
      <translation>doit être d’au plus {limit} s pour une mesure lente, la moitié de la seconde sur laquelle on moyenne</translation>
    </message>
    <message>
      <source>must be longer than the delay, which is {delay} s; lengthen it or shorten delay_s</source>
      <translation>doit être plus long que le délai de {delay} s ; allongez-le ou raccourcissez delay_s</translation>
    </message>
    <message>
      <source>has no meaning for kind = "{of}"; remove it</source>
      <translation>n’a pas de sens pour kind = "{of}" ; retirez-le</translation>
    </message>
    <message>
      <source>is missing: kind = "{of}" needs it; write {example}</source>
      <translation>manque : kind = "{of}" le demande ; écrivez {example}</translation>
    </message>
    <message>
      <source>must have as many sites as sites has, {n}; pair them</source>
      <translation>doit avoir autant de sites que sites, {n} ; formez des paires</translation>
    </message>
    <message>
      <source>is a logarithm, which cannot be divided; set log here, not there</source>
      <translation>est un logarithme, qui ne se divise pas ; mettez log ici, pas là</translation>
    </message>
    <message>
      <source>must differ from the numerator; a ratio to itself is always 1</source>
      <translation>doit différer du numérateur ; un rapport à soi-même vaut toujours 1</translation>
    </message>
    <message>
      <source>must be the two sites that it is between, for example ["F3", "F4"]; there are {n}</source>
      <translation>doit être les deux sites entre lesquels il se trouve, p. ex. ["F3", "F4"] ; il y en a {n}</translation>
    </message>
    <message>
      <source>must be at least {limit} s; in less any two sites seem coupled; leave it out for 4</source>
      <translation>doit être d’au moins {limit} s ; en moins de temps deux sites quelconques semblent couplés ; omettez-le pour 4</translation>
    </message>
    <message>
      <source>there is no such feature{guess}; choose one of {known}</source>
      <translation>cette mesure n’existe pas{guess} ; choisissez parmi {known}</translation>
    </message>
    <message>
      <source>conditions[{n}] is about it already; a feature has one condition, remove one of them</source>
      <translation>conditions[{n}] en traite déjà ; une mesure a une condition, retirez-en une</translation>
    </message>
    <message>
      <source>at least one must have role = "reward"; without it nothing can be rewarded</source>
      <translation>au moins une doit avoir role = "reward" ; sans cela rien ne peut être récompensé</translation>
    </message>
    <message>
      <source>has no meaning for rule = "{of}"; remove it</source>
      <translation>n’a pas de sens pour rule = "{of}" ; retirez-le</translation>
    </message>
    <message>
      <source>has no meaning for rule = "{of}", which finds it in the baseline; remove it</source>
      <translation>n’a pas de sens pour rule = "{of}", qui le trouve dans la ligne de base ; retirez-le</translation>
    </message>
    <message>
      <source>is missing: rule = "{of}" needs it; write {example}</source>
      <translation>manque : rule = "{of}" le demande ; écrivez {example}</translation>
    </message>
    <message>
      <source>must be above 0, as every {of} is; choose a higher one</source>
      <translation>doit être supérieur à 0, comme toujours pour {of} ; choisissez plus haut</translation>
    </message>
    <message>
      <source>must be below 1, as every share is; choose a lower one</source>
      <translation>doit être inférieur à 1, comme toute part ; choisissez plus bas</translation>
    </message>
    <message>
      <source>must be below high, which is {limit}; choose a lower one</source>
      <translation>doit être inférieur à high, qui vaut {limit} ; choisissez plus bas</translation>
    </message>
    <message>
      <source>has nothing to correct: no condition has rule = "baseline_percentile"; remove the table</source>
      <translation>n’a rien à corriger : aucune condition n’a rule = "baseline_percentile" ; retirez le tableau</translation>
    </message>
    <message>
      <source>cannot be switched off: features.{name} reaches {highest} Hz, and from {limit} Hz on muscle looks like EEG; give a limit in µV or remove the line</source>
      <translation>ne peut pas être désactivé : features.{name} atteint {highest} Hz, et à partir de {limit} Hz les muscles ressemblent à l’EEG ; donnez une limite en µV ou retirez la ligne</translation>
    </message>
    <message>
      <source>must be 0 or at least {limit} s; an alpha peak needs so much clean EEG</source>
      <translation>doit être 0 ou au moins {limit} s ; un pic alpha demande autant d’EEG propre</translation>
    </message>
    <message>
      <source>must be at most baseline_s = {limit}; lengthen the baseline or ask for less</source>
      <translation>doit être d’au plus baseline_s = {limit} ; allongez la ligne de base ou demandez moins</translation>
    </message>
    <message>
      <source>at least one must have role = "reward"; name one more</source>
      <translation>au moins une doit avoir role = "reward" ; nommez-en une de plus</translation>
    </message>
    <message>
      <source>must differ from theta; nothing crosses itself</source>
      <translation>doit différer de theta ; rien ne se croise soi-même</translation>
    </message>
    <message>
      <source>there is no such file. Check the name and the folder.</source>
      <translation>ce fichier n’existe pas. Vérifiez le nom et le dossier.</translation>
    </message>
    <message>
      <source>this folder is no session of this program. Choose a file, or a session folder.</source>
      <translation>ce dossier n’est pas une séance de ce programme. Choisissez un fichier, ou un dossier de séance.</translation>
    </message>
    <message>
      <source>this is not a file. Choose the file that holds the samples.</source>
      <translation>ce n’est pas un fichier. Choisissez le fichier qui contient les échantillons.</translation>
    </message>
    <message>
      <source>it cannot be read ({reason}). Check the permissions and the drive.</source>
      <translation>il ne peut pas être lu ({reason}). Vérifiez les droits et le disque.</translation>
    </message>
    <message>
      <source>the file is empty. Copy it again from where it was recorded.</source>
      <translation>le fichier est vide. Copiez-le de nouveau depuis l’appareil d’enregistrement.</translation>
    </message>
    <message>
      <source>{size} GiB is more than the {most} GiB that are read. Cut it shorter.</source>
      <translation>{size} Gio dépassent les {most} Gio qui peuvent être lus. Raccourcissez-le.</translation>
    </message>
    <message>
      <source>it does not fit into memory. Cut it shorter.</source>
      <translation>il ne tient pas en mémoire. Raccourcissez-le.</translation>
    </message>
    <message>
      <source>its content is no known recording. EDF, BDF, BrainVision, XDF, OpenBCI, Muse and BrainFlow files and tables with channel names are read.</source>
      <translation>son contenu n’est pas un enregistrement connu. Les fichiers EDF, BDF, BrainVision, XDF, OpenBCI, Muse et BrainFlow et les tableaux avec noms de canaux sont lus.</translation>
    </message>
    <message>
      <source>it holds no samples. Choose a recording that was not stopped before it began.</source>
      <translation>il ne contient aucun échantillon. Choisissez un enregistrement qui n’a pas été arrêté avant de commencer.</translation>
    </message>
    <message>
      <source>none of its values is a finite number. Export the recording again.</source>
      <translation>aucune de ses valeurs n’est un nombre fini. Exportez l’enregistrement de nouveau.</translation>
    </message>
    <message>
      <source>a sampling rate of {rate} Hz is outside {least}–{most} Hz. Give the true rate as sampling_rate_hz, or export the recording again.</source>
      <translation>une fréquence d’échantillonnage de {rate} Hz est hors de {least}–{most} Hz. Donnez la vraie comme sampling_rate_hz, ou exportez l’enregistrement de nouveau.</translation>
    </message>
    <message>
      <source>a text-mode transfer (ftp, git) put a carriage return before each of its {n} line feeds. Copy it again in binary mode, or undo it by replacing every CR LF by LF.</source>
      <translation>un transfert en mode texte (ftp, git) a mis un retour chariot devant chacun de ses {n} sauts de ligne. Copiez-le de nouveau en mode binaire, ou remplacez chaque CR LF par LF.</translation>
    </message>
    <message>
      <source>it was handled as UTF-8 text, which replaced {n} bytes for good. Copy it again in binary mode.</source>
      <translation>il a été traité comme du texte UTF-8, ce qui a remplacé {n} octets pour de bon. Copiez-le de nouveau en mode binaire.</translation>
    </message>
    <message>
      <source>its data file is damaged: {why}</source>
      <translation>son fichier de données est endommagé : {why}</translation>
    </message>
    <message>
      <source>it holds no whole data record. Copy it again from where it was recorded.</source>
      <translation>il ne contient aucun bloc de données complet. Copiez-le de nouveau depuis l’appareil d’enregistrement.</translation>
    </message>
    <message>
      <source>its data records do not begin where the header says, so bytes were lost or added inside it. Copy it again in binary mode.</source>
      <translation>ses blocs de données ne commencent pas où l’en-tête le dit : des octets ont été perdus ou ajoutés. Copiez-le de nouveau en mode binaire.</translation>
    </message>
    <message>
      <source>none of its {n} signals is EEG ({names}). Choose the file that holds the EEG.</source>
      <translation>aucun de ses {n} signaux n’est de l’EEG ({names}). Choisissez le fichier qui contient l’EEG.</translation>
    </message>
    <message>
      <source>none of its channels is EEG. Choose the file that holds the EEG.</source>
      <translation>aucun de ses canaux n’est de l’EEG. Choisissez le fichier qui contient l’EEG.</translation>
    </message>
    <message>
      <source>its data file {file} is not beside it. Copy the .vhdr, .eeg and .vmrk files together.</source>
      <translation>son fichier de données {file} n’est pas à côté. Copiez ensemble les fichiers .vhdr, .eeg et .vmrk.</translation>
    </message>
    <message>
      <source>none of its columns is an EEG channel. Name the columns by their sites (Fz, Cz, …) in the first row.</source>
      <translation>aucune de ses colonnes n’est un canal EEG. Nommez les colonnes d’après leurs sites (Fz, Cz, …) dans la première ligne.</translation>
    </message>
    <message>
      <source>the table does not say its sampling rate. Give it as sampling_rate_hz (--rate on the command line).</source>
      <translation>le tableau ne dit pas sa fréquence d’échantillonnage. Donnez-la comme sampling_rate_hz (--rate en ligne de commande).</translation>
    </message>
    <message>
      <source>it is not text, although its name says so. Open the recording in its own format.</source>
      <translation>ce n’est pas du texte, bien que son nom le dise. Ouvrez l’enregistrement dans son propre format.</translation>
    </message>
    <message>
      <source>it holds no EEG stream with samples but {names}. Choose the file that holds the EEG.</source>
      <translation>il ne contient aucun flux EEG avec des échantillons, mais {names}. Choisissez le fichier qui contient l’EEG.</translation>
    </message>
    <message>
      <source>a Mind Monitor table of band powers; its RAW columns are single values per row, not the signal. Record with an LSL or OSC recorder (muse-lsl), or open the raw recording it was made from.</source>
      <translation>un tableau Mind Monitor de puissances de bande ; ses colonnes RAW sont des valeurs isolées par ligne, pas le signal. Enregistrez par LSL ou OSC (muse-lsl), ou ouvrez l’enregistrement brut dont il est tiré.</translation>
    </message>
    <message>
      <source>is not a recording of nfb; give the session's folder, sub-…/ses-…, in a folder of recordings</source>
      <translation>n’est pas un enregistrement de nfb ; donnez le dossier de la séance, sub-…/ses-…, dans un dossier d’enregistrements</translation>
    </message>
    <message>
      <source>cannot be read: {reason}</source>
      <translation>ne peut pas être lu : {reason}</translation>
    </message>
    <message>
      <source>is damaged ({what})</source>
      <translation>est endommagé ({what})</translation>
    </message>
    <message>
      <source>is not a session of nfb</source>
      <translation>n’est pas une séance de nfb</translation>
    </message>
    <message>
      <source>needs a newer nfb; this one reads {schema}</source>
      <translation>demande un nfb plus récent ; celui-ci lit {schema}</translation>
    </message>
    <message>
      <source>is not a {kind}; the file was changed or comes from another version</source>
      <translation>n’est pas {kind} ; le fichier a été modifié ou vient d’une autre version</translation>
    </message>
    <message>
      <source>has an unknown form; the file was changed or comes from another version</source>
      <translation>a une forme inconnue ; le fichier a été modifié ou vient d’une autre version</translation>
    </message>
    <message>
      <source>is missing; the file was changed or comes from another version</source>
      <translation>manque ; le fichier a été modifié ou vient d’une autre version</translation>
    </message>
    <message>
      <source>cannot be written: {reason}. Choose another folder, or free some space.</source>
      <translation>ne peut pas être écrit : {reason}. Choisissez un autre dossier, ou libérez de l’espace.</translation>
    </message>
    <message>
      <source>cannot be finished: {reason}. All samples are kept.</source>
      <translation>ne peut pas être terminé : {reason}. Tous les échantillons sont conservés.</translation>
    </message>
    <message>
      <source>the session ended before its first decision; there is nothing to report</source>
      <translation>la séance s’est terminée avant sa première décision ; il n’y a rien à rapporter</translation>
    </message>
    <message>
      <source>Serial port {port} is in use.</source>
      <translation>Le port série {port} est occupé.</translation>
    </message>
    <message>
      <source>Serial port {port} cannot be opened.</source>
      <translation>Le port série {port} ne peut pas être ouvert.</translation>
    </message>
    <message>
      <source>No Bluetooth adapter was found.</source>
      <translation>Aucun adaptateur Bluetooth n’a été trouvé.</translation>
    </message>
    <message>
      <source>Serial port {port} does not accept the settings of the {device}.</source>
      <translation>Le port série {port} n’accepte pas les réglages de l’appareil {device}.</translation>
    </message>
    <message>
      <source>The link to the {device} broke.</source>
      <translation>La liaison avec {device} s’est interrompue.</translation>
    </message>
    <message>
      <source>The {device} does not take commands.</source>
      <translation>{device} n’accepte pas de commandes.</translation>
    </message>
    <message>
      <source>The dongle answers, but the board is off or out of reach.</source>
      <translation>Le dongle répond, mais la carte est éteinte ou hors de portée.</translation>
    </message>
    <message>
      <source>Nothing on serial port {port} answers like the {device} does.</source>
      <translation>Rien sur le port série {port} ne répond comme {device}.</translation>
    </message>
    <message>
      <source>The {device} was not found.</source>
      <translation>{device} est introuvable.</translation>
    </message>
    <message>
      <source>The {device} does not answer.</source>
      <translation>{device} ne répond pas.</translation>
    </message>
    <message>
      <source>The {device} was not found in the network.</source>
      <translation>{device} est introuvable sur le réseau.</translation>
    </message>
    <message>
      <source>The {device} needs a serial port.</source>
      <translation>{device} demande un port série.</translation>
    </message>
    <message>
      <source>The {device} does not take these connection parameters.</source>
      <translation>{device} n’accepte pas ces paramètres de connexion.</translation>
    </message>
    <message>
      <source>BrainFlow does not support the {device} on this computer.</source>
      <translation>BrainFlow ne prend pas en charge {device} sur cet ordinateur.</translation>
    </message>
    <message>
      <source>The {device} is already connected.</source>
      <translation>{device} est déjà connecté.</translation>
    </message>
    <message>
      <source>A system library for the {device} is missing or its radio is off.</source>
      <translation>Une bibliothèque système pour {device} manque, ou sa radio est éteinte.</translation>
    </message>
    <message>
      <source>The dongle on {port} does not answer.</source>
      <translation>Le dongle sur {port} ne répond pas.</translation>
    </message>
    <message>
      <source>The driver of the {device} stopped working.</source>
      <translation>Le pilote de {device} ne fonctionne plus.</translation>
    </message>
    <message>
      <source>The driver of the {device} gave error {code}.</source>
      <translation>Le pilote de {device} a signalé l’erreur {code}.</translation>
    </message>
    <message>
      <source>The {device} was started and sent nothing for {n} s.</source>
      <translation>{device} a démarré et n’a rien envoyé pendant {n} s.</translation>
    </message>
    <message>
      <source>The {device} did not connect within {n} s.</source>
      <translation>{device} ne s’est pas connecté en {n} s.</translation>
    </message>
    <message>
      <source>Serial port {port} is in use by another nfb session.</source>
      <translation>Le port série {port} est utilisé par une autre séance nfb.</translation>
    </message>
    <message>
      <source>Connecting to the {device} was cancelled.</source>
      <translation>La connexion à {device} a été annulée.</translation>
    </message>
    <message>
      <source>The driver process of the {device} ended unexpectedly (signal {code}).</source>
      <translation>Le processus du pilote de {device} s’est terminé de façon inattendue (signal {code}).</translation>
    </message>
    <message>
      <source>The driver process of the {device} ended unexpectedly (exit code {code}).</source>
      <translation>Le processus du pilote de {device} s’est terminé de façon inattendue (code de sortie {code}).</translation>
    </message>
    <message>
      <source>The driver process of the {device} cannot be started: {reason}.</source>
      <translation>Le processus du pilote de {device} ne peut pas démarrer : {reason}.</translation>
    </message>
    <message>
      <source>The {device} has {n} EEG channels; the driver gives {n_driver}.</source>
      <translation>{device} a {n} canaux EEG ; le pilote en donne {n_driver}.</translation>
    </message>
    <message>
      <source>No samples from the {device}.</source>
      <translation>Aucun échantillon de {device}.</translation>
    </message>
    <message>
      <source>Switch the board on (on a Cyton to PC, not BLE), check the dongle's switch (GPIO 6) and the battery.</source>
      <translation>Allumez la carte (sur un Cyton : PC, pas BLE), vérifiez l’interrupteur du dongle (GPIO 6) et la batterie.</translation>
    </message>
    <message>
      <source>Switch the headset on, bring it near the dongle and check that the port is the dongle's.</source>
      <translation>Allumez le casque, rapprochez-le du dongle et vérifiez que le port est celui du dongle.</translation>
    </message>
    <message>
      <source>Switch the headset on, charge it, bring it near, and disconnect it from phones and other programs.</source>
      <translation>Allumez le casque, chargez-le, rapprochez-le et déconnectez-le des téléphones et autres programmes.</translation>
    </message>
    <message>
      <source>Switch the headset on, pair it in the system's Bluetooth settings and give its address.</source>
      <translation>Allumez le casque, appairez-le dans les réglages Bluetooth du système et indiquez son adresse.</translation>
    </message>
    <message>
      <source>Switch the board on and check that it and this computer are in the same network, with no firewall or guest network between them.</source>
      <translation>Allumez la carte et vérifiez qu’elle et cet ordinateur sont sur le même réseau, sans pare-feu ni réseau invité entre eux.</translation>
    </message>
    <message>
      <source>Check that the amplifier is switched on and plugged in, and that the maker's driver is installed.</source>
      <translation>Vérifiez que l’amplificateur est allumé et branché, et que le pilote du fabricant est installé.</translation>
    </message>
    <message>
      <source>Check that the board sits on the computer's pins and that its bus (SPI) is switched on.</source>
      <translation>Vérifiez que la carte est sur les broches de l’ordinateur et que son bus (SPI) est activé.</translation>
    </message>
    <message>
      <source>Connect again; if it stays so, the driver's log tells more.</source>
      <translation>Reconnectez ; si cela persiste, le journal du pilote en dit plus.</translation>
    </message>
    <message>
      <source>Install libdbus-1-3 on Linux; on macOS allow this program to use Bluetooth.</source>
      <translation>Installez libdbus-1-3 sous Linux ; sous macOS, autorisez ce programme à utiliser Bluetooth.</translation>
    </message>
    <message>
      <source>Install libbluetooth3 on Linux, and check that Bluetooth is switched on.</source>
      <translation>Installez libbluetooth3 sous Linux, et vérifiez que Bluetooth est activé.</translation>
    </message>
    <message>
      <source>Install libusb-1.0-0 on Linux, the maker's driver on Windows.</source>
      <translation>Installez libusb-1.0-0 sous Linux, le pilote du fabricant sous Windows.</translation>
    </message>
    <message>
      <source>Close every other program that uses it, wait a few seconds and connect again.</source>
      <translation>Fermez tout autre programme qui l’utilise, attendez quelques secondes et reconnectez.</translation>
    </message>
    <message>
      <source>Check that the dongle is plugged in, that the port's name is right, and that you may use serial ports.</source>
      <translation>Vérifiez que le dongle est branché, que le nom du port est juste et que vous avez le droit d’utiliser les ports série.</translation>
    </message>
    <message>
      <source>Check that the dongle is plugged in, that the port's name is right, and that you may use serial ports (on Linux: be in the group dialout).</source>
      <translation>Vérifiez que le dongle est branché, que le nom du port est juste et que vous avez le droit d’utiliser les ports série (sous Linux : être dans le groupe dialout).</translation>
    </message>
    <message>
      <source>Switch Bluetooth on, or plug in a Bluetooth adapter.</source>
      <translation>Activez Bluetooth, ou branchez un adaptateur Bluetooth.</translation>
    </message>
    <message>
      <source>Choose the port its dongle is plugged into.</source>
      <translation>Choisissez le port où son dongle est branché.</translation>
    </message>
    <message>
      <source>It takes none.</source>
      <translation>Il n’en accepte aucun.</translation>
    </message>
    <message>
      <source>It takes {params}.</source>
      <translation>Il accepte {params}.</translation>
    </message>
    <message>
      <source>It works on {one}.</source>
      <translation>Il fonctionne sous {one}.</translation>
    </message>
    <message>
      <source>It works on {one} and {two}.</source>
      <translation>Il fonctionne sous {one} et {two}.</translation>
    </message>
    <message>
      <source>It works on {one}, {two} and {three}.</source>
      <translation>Il fonctionne sous {one}, {two} et {three}.</translation>
    </message>
    <message>
      <source>End that session first, or choose another port.</source>
      <translation>Terminez d’abord cette séance, ou choisissez un autre port.</translation>
    </message>
    <message>
      <source>Close other programs and try again.</source>
      <translation>Fermez d’autres programmes et réessayez.</translation>
    </message>
    <message>
      <source>Install the BrainFlow release that this version of nfb was made for.</source>
      <translation>Installez la version de BrainFlow pour laquelle cette version de nfb a été faite.</translation>
    </message>
    <message>
      <source>{way_out} The driver says: {log}.</source>
      <translation>{way_out} Le pilote indique : {log}.</translation>
    </message>
    <message>
      <source>Sit up for five minutes before you leave, and do not drive until you are fully awake.</source>
      <translation>Restez assis cinq minutes avant de partir, et ne conduisez pas avant d’être bien éveillé.</translation>
    </message>
    <message>
      <source> (did you mean '{word}'?)</source>
      <translation> (vouliez-vous dire « {word} » ?)</translation>
    </message>
    <message>
      <source>Posterior alpha with eyes closed, up</source>
      <translation>Alpha postérieur yeux fermés, hausse</translation>
    </message>
    <message>
      <source>Learn to let alpha, the resting rhythm of the waking brain, become large over the back of the head with eyes closed, guided by sound.</source>
      <translation>Apprendre à laisser alpha, le rythme de repos du cerveau éveillé, devenir ample à l’arrière de la tête, les yeux fermés, guidé par le son.</translation>
    </message>
    <message>
      <source>Eyes closed. Let the sounds come; there is no right way. Stay awake, jaw loose, eyes quiet behind the lids.</source>
      <translation>Fermez les yeux. Laissez venir les sons ; il n’y a pas de bonne manière. Restez éveillé, la mâchoire détendue, les yeux tranquilles sous les paupières.</translation>
    </message>
    <message>
      <source>Training and education, not a medical device. Do not change medication or other care because of it.</source>
      <translation>Entraînement et éducation, pas un dispositif médical. Ne modifiez pas un médicament ou un autre soin à cause de cet entraînement.</translation>
    </message>
    <message>
      <source>Ask a clinician first after any seizure or unexplained loss of consciousness, with an implanted stimulator, after a head injury, or in pregnancy.</source>
      <translation>Demandez d’abord à un clinicien après toute crise convulsive ou perte de connaissance inexpliquée, avec un stimulateur implanté, après une lésion de la tête, ou pendant une grossesse.</translation>
    </message>
    <message>
      <source>With eyes closed it is easy to nod off, and alpha then fades. Stay five minutes before you leave or drive if you were drowsy.</source>
      <translation>Les yeux fermés, on s’assoupit facilement, et alpha s’efface alors. Restez cinq minutes avant de partir ou de conduire si vous avez été somnolent.</translation>
    </message>
    <message>
      <source>Stop and tell someone if you get a headache, feel foggy, dizzy, far away from yourself, restless or low.</source>
      <translation>Arrêtez et dites-le à quelqu’un si vous avez mal à la tête, si vous vous sentez dans le brouillard, étourdi, loin de vous-même, agité ou abattu.</translation>
    </message>
    <message>
      <source>An early study linked alpha training with less anxiety in anxious people (Hardt 1978). In 32 women trained to raise right frontal alpha or a control, negative affect and anxiety fell, depression did not change (Mennella 2017); there the sites were frontal. In training of alpha at P4, what grew was the number of alpha episodes, not their size (Ossadtchi 2017).</source>
      <translation>Une étude ancienne a associé l’entraînement de l’alpha à moins d’anxiété chez des personnes anxieuses (Hardt 1978). Chez 32 femmes entraînées à augmenter l’alpha frontal droit ou à une condition de contrôle, les affects négatifs et l’anxiété ont baissé, la dépression n’a pas changé (Mennella 2017) ; les sites y étaient frontaux. Dans l’entraînement de l’alpha en P4, c’est le nombre d’épisodes alpha qui a crû, non leur taille (Ossadtchi 2017).</translation>
    </message>
    <message>
      <source>No controlled study of this protocol as it stands is known to us. Closing the eyes, resting and expecting to be calm raise alpha and calm people without any training, and sleepiness lowers it. With a low-priced headset and single-blind sham, alpha rose faster than under sham, with no gain in thinking tasks (Naas 2019). A higher alpha is not by itself better health.</source>
      <translation>Nous ne connaissons aucune étude contrôlée de ce protocole tel quel. Fermer les yeux, se reposer et s’attendre au calme augmentent l’alpha et apaisent sans aucun entraînement, et la somnolence le réduit. Avec un casque bon marché et un factice en simple aveugle, l’alpha a monté plus vite que sous factice, sans gain aux tâches de réflexion (Naas 2019). Un alpha plus élevé n’est pas en soi une meilleure santé.</translation>
    </message>
    <message>
      <source>alpha</source>
      <translation>alpha</translation>
    </message>
    <message>
      <source>PO3 and PO4 stand in for the posterior sites</source>
      <translation>PO3 et PO4 à la place des sites postérieurs</translation>
    </message>
    <message>
      <source>CP3 and CP4 stand in for the posterior sites; alpha is weaker there</source>
      <translation>CP3 et CP4 à la place des sites postérieurs ; l’alpha y est plus faible</translation>
    </message>
    <message>
      <source>TP9 and TP10 behind the ears stand in for the posterior sites; alpha is weaker there and jaw tension nearer</source>
      <translation>TP9 et TP10 derrière les oreilles à la place des sites postérieurs ; l’alpha y est plus faible et la tension de la mâchoire plus proche</translation>
    </message>
    <message>
      <source>C3 and C4 stand in for the posterior sites; the rhythm there is partly that of the resting hands</source>
      <translation>C3 et C4 à la place des sites postérieurs ; le rythme y est en partie celui des mains au repos</translation>
    </message>
    <message>
      <source>L1 and R1 stand in for the posterior sites; look whether alpha grows there when the eyes close</source>
      <translation>L1 et R1 à la place des sites postérieurs ; regardez si l’alpha y croît quand les yeux se ferment</translation>
    </message>
    <message>
      <source>Alpha at Pz, down</source>
      <translation>Alpha en Pz, baisse</translation>
    </message>
    <message>
      <source>Learn to make alpha (8-12 Hz) over the top of the back of the head small with eyes open. Rewarded while it stays below its threshold. Alpha often comes back stronger afterwards.</source>
      <translation>Apprendre à rendre alpha (8-12 Hz) petit au sommet de l’arrière de la tête, les yeux ouverts. Récompensé tant qu’il reste sous son seuil. Alpha revient souvent plus fort ensuite.</translation>
    </message>
    <message>
      <source>Let the bar rise: it rises as alpha becomes small. Notice what you are doing when it does. Eyes open, jaw loose.</source>
      <translation>Laissez monter la barre : elle monte quand alpha devient petit. Remarquez ce que vous faites à ce moment-là. Les yeux ouverts, la mâchoire détendue.</translation>
    </message>
    <message>
      <source>For trained clinicians only, who stay in the room: strong feelings and memories can come up. Never alone, never at a distance.</source>
      <translation>Réservé aux cliniciens formés, qui restent dans la pièce : des émotions et des souvenirs intenses peuvent surgir. Jamais seul, jamais à distance.</translation>
    </message>
    <message>
      <source>Not for anyone who has ever lost touch with reality, been unusually high for days, or loses hold of themselves under strain, unless their own clinician leads it.</source>
      <translation>Pas pour une personne qui a déjà perdu le contact avec la réalité, a été inhabituellement exaltée pendant des jours, ou perd pied sous la pression, à moins que son propre clinicien ne le conduise.</translation>
    </message>
    <message>
      <source>Stop if the person becomes restless, numb or far away. Ask again the next day.</source>
      <translation>Arrêtez si la personne devient agitée, engourdie ou absente. Demandez à nouveau le lendemain.</translation>
    </message>
    <message>
      <source>small randomised study; rebound of alpha; for trained clinicians only</source>
      <translation>petite étude randomisée ; rebond de l’alpha ; réservé aux cliniciens formés</translation>
    </message>
    <message>
      <source>Lowering alpha at Pz was studied in people with post-traumatic stress, first in one session (Kluetsch 2014), later in a small randomised study (Nicholson 2020). The reward of 65 % of the time, and its adjustment below 40 % or above 90 %, come from there.</source>
      <translation>Abaisser l’alpha en Pz a été étudié chez des personnes en stress post-traumatique, d’abord en une séance (Kluetsch 2014), puis dans une petite étude randomisée (Nicholson 2020). La récompense de 65 % du temps, et son ajustement au-dessous de 40 % ou au-dessus de 90 %, viennent de là.</translation>
    </message>
    <message>
      <source>The studies were small and come from one line of work. Alpha rebounds after it was lowered, and which of the two matters is not known. In another study of alpha down 8 of 29 people did not learn it (Nan 2018). Expectancy, attention and the clinician's presence cannot be told apart from the training; where other protocols were compared with sham, the benefit was not specific (ICAN 2021).</source>
      <translation>Les études étaient petites et viennent d’une même équipe de recherche. L’alpha rebondit après avoir été abaissé, et l’on ne sait lequel des deux compte. Dans une autre étude d’alpha à la baisse, 8 personnes sur 29 ne l’ont pas appris (Nan 2018). L’attente, l’attention et la présence du clinicien ne peuvent être séparées de l’entraînement ; là où d’autres protocoles ont été comparés à un factice, le bénéfice n’était pas spécifique (ICAN 2021).</translation>
    </message>
    <message>
      <source>P3 and P4 stand in for Pz</source>
      <translation>P3 et P4 à la place de Pz</translation>
    </message>
    <message>
      <source>PO3 and PO4 stand in for Pz</source>
      <translation>PO3 et PO4 à la place de Pz</translation>
    </message>
    <message>
      <source>CP3 and CP4 stand in for Pz; alpha is weaker there</source>
      <translation>CP3 et CP4 à la place de Pz ; l’alpha y est plus faible</translation>
    </message>
    <message>
      <source>Alpha at P4 in short runs, up</source>
      <translation>Alpha en P4 par séquences courtes, hausse</translation>
    </message>
    <message>
      <source>Learn to raise alpha, the resting rhythm of the waking brain, over the right back of the head with eyes open, in many short runs. The study it follows varied only how late the feedback came, which makes it a test of one's own equipment.</source>
      <translation>Apprendre à augmenter alpha, le rythme de repos du cerveau éveillé, à l’arrière droit de la tête, les yeux ouverts, en de nombreuses séquences courtes. L’étude suivie ne faisait varier que le retard du feedback, ce qui en fait un test de son propre matériel.</translation>
    </message>
    <message>
      <source>Let the bar rise. There is no right way: notice what you are doing when it does. Sit still, eyes open, jaw loose.</source>
      <translation>Laissez monter la barre. Il n’y a pas de bonne manière : remarquez ce que vous faites quand elle monte. Restez immobile, les yeux ouverts, la mâchoire détendue.</translation>
    </message>
    <message>
      <source>Thirty minutes of training are much for a first time: stop after seven runs then. Tell someone if you get a headache or feel foggy, dizzy, restless or low.</source>
      <translation>Trente minutes d’entraînement, c’est beaucoup pour une première fois : arrêtez alors après sept séquences. Dites-le à quelqu’un si vous avez mal à la tête ou si vous vous sentez dans le brouillard, étourdi, agité ou abattu.</translation>
    </message>
    <message>
      <source>controlled, healthy volunteers</source>
      <translation>contrôlé, volontaires en bonne santé</translation>
    </message>
    <message>
      <source>Healthy people trained alpha at P4 in 15 runs of 2 minutes with the feedback as fast as could be, 0.25 s later or 0.5 s later. Only the fastest left a lasting change; a quarter of a second more weakened it (Belinskaia 2020). What grew was the number of alpha episodes, not their size or length (Ossadtchi 2017).</source>
      <translation>Des personnes en bonne santé ont entraîné l’alpha en P4 en 15 séquences de 2 minutes avec un feedback aussi rapide que possible, 0,25 s plus tard ou 0,5 s plus tard. Seul le plus rapide a laissé un changement durable ; un quart de seconde de plus l’a affaibli (Belinskaia 2020). C’est le nombre d’épisodes alpha qui a crû, non leur taille ni leur durée (Ossadtchi 2017).</translation>
    </message>
    <message>
      <source>A change of alpha is all that was looked at: nothing is known of a benefit. The absolute delay of that study is not known to us, and the headset's own delay adds to the one shown here. In another study with a sham group alpha rose faster than under sham, with no gain in thinking tasks (Naas 2019). Many people do not learn it.</source>
      <translation>Seul un changement de l’alpha a été examiné : on ne sait rien d’un bénéfice. Le délai absolu de cette étude ne nous est pas connu, et le délai propre du casque s’ajoute à celui affiché ici. Dans une autre étude avec groupe factice, l’alpha a monté plus vite que sous factice, sans gain aux tâches de réflexion (Naas 2019). Beaucoup de personnes ne l’apprennent pas.</translation>
    </message>
    <message>
      <source>PO4 stands in for P4</source>
      <translation>PO4 à la place de P4</translation>
    </message>
    <message>
      <source>CP4 stands in for P4; alpha is weaker there</source>
      <translation>CP4 à la place de P4 ; l’alpha y est plus faible</translation>
    </message>
    <message>
      <source>P8 stands in for P4</source>
      <translation>P8 à la place de P4</translation>
    </message>
    <message>
      <source>Pz stands in for P4</source>
      <translation>Pz à la place de P4</translation>
    </message>
    <message>
      <source>O2 stands in for P4</source>
      <translation>O2 à la place de P4</translation>
    </message>
    <message>
      <source>TP10 behind the ear stands in for P4; alpha is weaker there and jaw tension nearer</source>
      <translation>TP10 derrière l’oreille à la place de P4 ; l’alpha y est plus faible et la tension de la mâchoire plus proche</translation>
    </message>
    <message>
      <source>Theta over alpha with eyes closed</source>
      <translation>Thêta sur alpha, yeux fermés</translation>
    </message>
    <message>
      <source>Learn to rest between waking and sleep with eyes closed. As one sinks, alpha (8-11 Hz) fades and theta (5-8 Hz) takes over; the sound tells how far theta stands against alpha. It is a state to be visited, not a score to be raised.</source>
      <translation>Apprendre à se reposer entre veille et sommeil, les yeux fermés. À mesure que l’on s’enfonce, alpha (8-11 Hz) s’efface et thêta (5-8 Hz) prend le relais ; le son dit où en est thêta par rapport à alpha. C’est un état à visiter, pas un score à augmenter.</translation>
    </message>
    <message>
      <source>Eyes closed. Let yourself sink without falling asleep, and let the sounds come and go. There is nothing to do.</source>
      <translation>Fermez les yeux. Laissez-vous glisser sans vous endormir, et laissez les sons aller et venir. Il n’y a rien à faire.</translation>
    </message>
    <message>
      <source>A clinician must be present throughout: memories and strong feelings can come up. Never alone, never at a distance.</source>
      <translation>Un clinicien doit être présent tout du long : des souvenirs et des émotions intenses peuvent surgir. Jamais seul, jamais à distance.</translation>
    </message>
    <message>
      <source>Not for anyone who has ever lost touch with reality, been unusually high for days, or loses hold of themselves under strain, unless their clinician leads it.</source>
      <translation>Pas pour une personne qui a déjà perdu le contact avec la réalité, a été inhabituellement exaltée pendant des jours, ou perd pied sous la pression, à moins que son clinicien ne le conduise.</translation>
    </message>
    <message>
      <source>Nearly everyone falls asleep at times. Sleep is not the aim: wake up gently, and stay five minutes before you leave or drive.</source>
      <translation>Presque tout le monde s’endort par moments. Le sommeil n’est pas le but : réveillez-vous en douceur, et restez cinq minutes avant de partir ou de conduire.</translation>
    </message>
    <message>
      <source>Stop and tell someone if you feel foggy, dizzy, far away from yourself, or low afterwards.</source>
      <translation>Arrêtez et dites-le à quelqu’un si vous vous sentez dans le brouillard, étourdi, loin de vous-même, ou abattu ensuite.</translation>
    </message>
    <message>
      <source>mixed; only with a clinician present</source>
      <translation>mitigé ; seulement en présence d’un clinicien</translation>
    </message>
    <message>
      <source>It is the second half of a course given beside medication to people whose depression had resisted treatment (Lee 2019), and of one without a control group for people with depression, there at Pz (Cheon 2016). The crossing of theta over alpha that clinicians wait for was described as theta above alpha by at least 1 µV for three minutes or more (Johnson 2011).</source>
      <translation>C’est la seconde moitié d’un parcours proposé à côté de la médication à des personnes dont la dépression avait résisté au traitement (Lee 2019), et d’un parcours sans groupe de contrôle chez des personnes en dépression, là en Pz (Cheon 2016). Le croisement du thêta au-dessus de l’alpha que les cliniciens attendent a été décrit comme le thêta au-dessus de l’alpha d’au moins 1 µV pendant trois minutes ou plus (Johnson 2011).</translation>
    </message>
    <message>
      <source>Studies differ in sites, bands and lengths, were small, and mostly had no sham group: suggestion, rest and the company of a clinician may explain what they found. Sleep of stage 2 filled 10 to 14 % of the training time in 95 % of people, and what they said about it was unreliable (Appl Psychophysiol Biofeedback 2015); it raises theta over alpha as well. Where other protocols were compared with sham, the benefit was not specific to the training (ICAN 2021).</source>
      <translation>Les études diffèrent par les sites, les bandes et les durées, étaient petites et le plus souvent sans groupe factice : la suggestion, le repos et la compagnie d’un clinicien peuvent expliquer ce qu’elles ont trouvé. Le sommeil de stade 2 occupait 10 à 14 % du temps d’entraînement chez 95 % des personnes, et ce qu’elles en disaient n’était pas fiable (Appl Psychophysiol Biofeedback 2015) ; il élève aussi le thêta au-dessus de l’alpha. Là où d’autres protocoles ont été comparés à un factice, le bénéfice n’était pas spécifique de l’entraînement (ICAN 2021).</translation>
    </message>
    <message>
      <source>theta</source>
      <translation>thêta</translation>
    </message>
    <message>
      <source>theta over alpha</source>
      <translation>thêta sur alpha</translation>
    </message>
    <message>
      <source>TP9 and TP10 behind the ears stand in for Pz; both rhythms are weaker there and jaw tension nearer</source>
      <translation>TP9 et TP10 derrière les oreilles à la place de Pz ; les deux rythmes y sont plus faibles et la tension de la mâchoire plus proche</translation>
    </message>
    <message>
      <source>Beta at F3, then theta over alpha</source>
      <translation>Bêta en F3, puis thêta sur alpha</translation>
    </message>
    <message>
      <source>Two parts in one visit. First, with eyes open, learn to raise beta (15-18 Hz) over the left front of the head while slow activity and the fastest beta stay low. Then, with eyes closed, learn to rest between waking and sleep, where alpha (8-11 Hz) fades and theta (5-8 Hz) takes over.</source>
      <translation>Deux parties en une visite. D’abord, les yeux ouverts, apprendre à augmenter bêta (15-18 Hz) à l’avant gauche de la tête pendant que l’activité lente et le bêta le plus rapide restent bas. Puis, les yeux fermés, apprendre à se reposer entre veille et sommeil, là où alpha (8-11 Hz) s’efface et où thêta (5-8 Hz) prend le relais.</translation>
    </message>
    <message>
      <source>First, eyes open: awake and interested, forehead smooth, lips apart. Then, eyes closed: let yourself sink without falling asleep. Let the sounds come and go.</source>
      <translation>D’abord, les yeux ouverts : éveil et intérêt, le front lisse, les lèvres entrouvertes. Puis, les yeux fermés : laissez-vous glisser sans vous endormir. Laissez les sons aller et venir.</translation>
    </message>
    <message>
      <source>Made to go beside the care you have, never in its place: the person responsible for your care should know.</source>
      <translation>Fait pour accompagner les soins que vous recevez, jamais pour les remplacer : la personne responsable de vos soins devrait le savoir.</translation>
    </message>
    <message>
      <source>Ask a clinician first after any seizure or unexplained loss of consciousness, with an implanted stimulator, after a head injury, with any illness of the nerves, or in pregnancy.</source>
      <translation>Demandez d’abord à un clinicien après toute crise convulsive ou perte de connaissance inexpliquée, avec un stimulateur implanté, après une lésion de la tête, avec toute maladie des nerfs, ou pendant une grossesse.</translation>
    </message>
    <message>
      <source>A tense forehead or jaw looks like beta. Sit comfortably, lips apart; the muscle guard holds the reward while it lasts.</source>
      <translation>Un front ou une mâchoire tendus ressemblent à du bêta. Asseyez-vous confortablement, les lèvres entrouvertes ; le garde-fou musculaire met la récompense en attente tant que cela dure.</translation>
    </message>
    <message>
      <source>Begin with `beta-left` alone. Both parts are 30 minutes of training, the most for a day; the sources trained twice as long.</source>
      <translation>Commencez par `beta-left` seul. Les deux parties font ensemble 30 minutes d’entraînement, le maximum pour une journée ; dans les sources, on s’entraînait deux fois plus longtemps.</translation>
    </message>
    <message>
      <source>If your mood gets worse, or you feel foggy, dizzy or far away from yourself afterwards, stop and tell the person responsible for your care.</source>
      <translation>Si votre humeur baisse, ou si vous vous sentez ensuite dans le brouillard, étourdi ou loin de vous-même, arrêtez et dites-le à la personne responsable de vos soins.</translation>
    </message>
    <message>
      <source>open label only; adjunct to care, with a clinician present</source>
      <translation>études ouvertes seulement ; en complément des soins, en présence d’un clinicien</translation>
    </message>
    <message>
      <source>The course it comes from was given beside medication to people whose depression had resisted treatment: SMR or beta for 30 minutes, then alpha-theta for 30 minutes, 12 to 24 sessions in 12 weeks. Of 12 people 58 % responded and half were in remission by an observer's rating; 12 others had their usual treatment (Lee 2019). Of 20 people with depression who trained beta at F3 and alpha-theta at Pz for 8 weeks, without a control group, 75 % responded and 55 % were in remission (Cheon 2016). The crossing of theta over alpha that clinicians wait for was described as theta above alpha by at least 1 µV for three minutes or more (Johnson 2011).</source>
      <translation>Le parcours dont il provient a été proposé à côté de la médication à des personnes dont la dépression avait résisté au traitement : SMR ou bêta pendant 30 minutes, puis alpha-thêta pendant 30 minutes, 12 à 24 séances en 12 semaines. Sur 12 personnes, 58 % ont répondu et la moitié était en rémission selon la cotation d’un observateur ; 12 autres ont reçu leur traitement habituel (Lee 2019). Sur 20 personnes en dépression qui ont entraîné le bêta en F3 et l’alpha-thêta en Pz pendant 8 semaines, sans groupe de contrôle, 75 % ont répondu et 55 % étaient en rémission (Cheon 2016). Le croisement du thêta au-dessus de l’alpha que les cliniciens attendent a été décrit comme le thêta au-dessus de l’alpha d’au moins 1 µV pendant trois minutes ou plus (Johnson 2011).</translation>
    </message>
    <message>
      <source>Both studies were small and open: everyone knew who was trained, so expectancy, attention, rest, the company of a clinician and the medication may explain all of it; neither can tell which of the two parts did what. Here each part is half as long as there. No comparison of this protocol with sham is known to us, and where others were compared with sham, the benefit was not specific to the training: theta/beta (ICAN 2021), SMR (Schabus 2017). Sleep of stage 2 filled 10 to 14 % of the time of alpha-theta training in 95 % of people, and what they said about it was unreliable (Appl Psychophysiol Biofeedback 2015); it raises theta over alpha as well. The first study left out people with psychosis, bipolar disorder, brain injury, neurological disease or convulsions, and pregnant women.</source>
      <translation>Les deux études étaient petites et ouvertes : tous savaient qui était entraîné, si bien que l’attente, l’attention, le repos, la compagnie d’un clinicien et la médication peuvent tout expliquer ; aucune ne peut dire laquelle des deux parties a fait quoi. Ici chaque partie dure moitié moins que là. Nous ne connaissons aucune comparaison de ce protocole à un factice, et là où d’autres ont été comparés à un factice, le bénéfice n’était pas spécifique de l’entraînement : thêta/bêta (ICAN 2021), SMR (Schabus 2017). Le sommeil de stade 2 occupait 10 à 14 % du temps d’entraînement alpha-thêta chez 95 % des personnes, et ce qu’elles en disaient n’était pas fiable (Appl Psychophysiol Biofeedback 2015) ; il élève aussi le thêta au-dessus de l’alpha. La première étude excluait les personnes avec psychose, trouble bipolaire, lésion cérébrale, maladie neurologique ou convulsions, et les femmes enceintes.</translation>
    </message>
    <message>
      <source>beta</source>
      <translation>bêta</translation>
    </message>
    <message>
      <source>left theta</source>
      <translation>thêta gauche</translation>
    </message>
    <message>
      <source>high beta</source>
      <translation>bêta haut</translation>
    </message>
    <message>
      <source>F5 stands in for F3, PO3 and PO4 for Pz</source>
      <translation>F5 à la place de F3, PO3 et PO4 à la place de Pz</translation>
    </message>
    <message>
      <source>Beta at F3, up</source>
      <translation>Bêta en F3, hausse</translation>
    </message>
    <message>
      <source>Learn to raise beta (15-18 Hz) over the left front of the head with eyes open, while slow activity and the fastest beta stay low. In the source it is the first half of a visit; `alpha-theta` is the second.</source>
      <translation>Apprendre à augmenter bêta (15-18 Hz) à l’avant gauche de la tête, les yeux ouverts, pendant que l’activité lente et le bêta le plus rapide restent bas. Dans la source, c’est la première moitié d’une visite ; `alpha-theta` est la seconde.</translation>
    </message>
    <message>
      <source>Be awake and interested, and let the bar rise. Notice what you are doing when it does. Forehead smooth, lips apart.</source>
      <translation>Soyez éveillé et intéressé, et laissez monter la barre. Remarquez ce que vous faites quand elle monte. Le front lisse, les lèvres entrouvertes.</translation>
    </message>
    <message>
      <source>Ask a clinician first after any seizure or unexplained loss of consciousness, with an implanted stimulator, after a head injury, with any illness of the nerves, in pregnancy, or if you have ever lost touch with reality or been unusually high for days.</source>
      <translation>Demandez d’abord à un clinicien après toute crise convulsive ou perte de connaissance inexpliquée, avec un stimulateur implanté, après une lésion de la tête, avec toute maladie des nerfs, pendant une grossesse, ou si vous avez déjà perdu le contact avec la réalité ou été inhabituellement exalté pendant des jours.</translation>
    </message>
    <message>
      <source>With `alpha-theta` afterwards the visit has about 40 minutes of training. More than 30 a day needs a reason; begin with this half alone.</source>
      <translation>Avec `alpha-theta` ensuite, la visite compte environ 40 minutes d’entraînement. Plus de 30 par jour demande une raison ; commencez par cette moitié seule.</translation>
    </message>
    <message>
      <source>If your mood gets worse, stop training and talk to the person responsible for your care.</source>
      <translation>Si votre humeur baisse, arrêtez l’entraînement et parlez à la personne responsable de vos soins.</translation>
    </message>
    <message>
      <source>open label only; adjunct to care</source>
      <translation>études ouvertes seulement ; en complément des soins</translation>
    </message>
    <message>
      <source>The course it comes from was given beside medication to people whose depression had resisted treatment: SMR or beta for 30 minutes, then alpha-theta for 30 minutes, 12 to 24 sessions in 12 weeks. Of 12 people 58 % responded and half were in remission by an observer's rating; 12 others had their usual treatment (Lee 2019). Of 20 people with depression who trained beta at F3 and alpha-theta at Pz for 8 weeks, without a control group, 75 % responded and 55 % were in remission (Cheon 2016).</source>
      <translation>Le parcours dont il provient a été proposé à côté de la médication à des personnes dont la dépression avait résisté au traitement : SMR ou bêta pendant 30 minutes, puis alpha-thêta pendant 30 minutes, 12 à 24 séances en 12 semaines. Sur 12 personnes, 58 % ont répondu et la moitié était en rémission selon la cotation d’un observateur ; 12 autres ont reçu leur traitement habituel (Lee 2019). Sur 20 personnes en dépression qui ont entraîné le bêta en F3 et l’alpha-thêta en Pz pendant 8 semaines, sans groupe de contrôle, 75 % ont répondu et 55 % étaient en rémission (Cheon 2016).</translation>
    </message>
    <message>
      <source>Both studies were small and open: everyone knew who was trained, so expectancy, attention, time and the medication may explain all of it. No comparison of this protocol with sham is known to us, and where others were compared with sham, the benefit was not specific to the training: theta/beta (ICAN 2021), SMR (Schabus 2017). The first study left out people with psychosis, bipolar disorder, brain injury, neurological disease or convulsions, and pregnant women.</source>
      <translation>Les deux études étaient petites et ouvertes : tous savaient qui était entraîné, si bien que l’attente, l’attention, le temps et la médication peuvent tout expliquer. Nous ne connaissons aucune comparaison de ce protocole à un factice, et là où d’autres ont été comparés à un factice, le bénéfice n’était pas spécifique de l’entraînement : thêta/bêta (ICAN 2021), SMR (Schabus 2017). La première étude excluait les personnes avec psychose, trouble bipolaire, lésion cérébrale, maladie neurologique ou convulsions, et les femmes enceintes.</translation>
    </message>
    <message>
      <source>F5 stands in for F3</source>
      <translation>F5 à la place de F3</translation>
    </message>
    <message>
      <source>AF7 against the mean of TP9 and TP10 stands in for F3; blinks and forehead tension are nearer</source>
      <translation>AF7 par rapport à la moyenne de TP9 et TP10 à la place de F3 ; les clignements et la tension du front sont plus proches</translation>
    </message>
    <message>
      <source>Beta up and slow activity down at F3</source>
      <translation>Bêta en hausse et activité lente en baisse en F3</translation>
    </message>
    <message>
      <source>Learn to raise beta (15-18 Hz) over the left front of the head while slow activity (4-10 Hz) stays low, with eyes open. An early protocol, kept for those who want to repeat it.</source>
      <translation>Apprendre à augmenter bêta (15-18 Hz) à l’avant gauche de la tête pendant que l’activité lente (4-10 Hz) reste basse, les yeux ouverts. Un protocole ancien, conservé pour qui veut le répéter.</translation>
    </message>
    <message>
      <source>Ask a clinician first after any seizure or unexplained loss of consciousness, with an implanted stimulator, after a head injury, in pregnancy, or if you have ever lost touch with reality or been unusually high for days.</source>
      <translation>Demandez d’abord à un clinicien après toute crise convulsive ou perte de connaissance inexpliquée, avec un stimulateur implanté, après une lésion de la tête, pendant une grossesse, ou si vous avez déjà perdu le contact avec la réalité ou été inhabituellement exalté pendant des jours.</translation>
    </message>
    <message>
      <source>A tense forehead or jaw looks like beta, and blinks look like slow activity; the guards hold the reward while they last.</source>
      <translation>Un front ou une mâchoire tendus ressemblent à du bêta, et les clignements à de l’activité lente ; les garde-fous mettent la récompense en attente tant qu’ils durent.</translation>
    </message>
    <message>
      <source>If your mood gets worse, or you become restless or irritable, stop training and talk to the person responsible for your care.</source>
      <translation>Si votre humeur baisse, ou si vous devenez agité ou irritable, arrêtez l’entraînement et parlez à la personne responsable de vos soins.</translation>
    </message>
    <message>
      <source>historic</source>
      <translation>historique</translation>
    </message>
    <message>
      <source>A handful of people with depression trained with it, about 20 sessions each, and were reported one by one, without a control group (Hammond 2005).</source>
      <translation>Une poignée de personnes en dépression s’y sont entraînées, environ 20 séances chacune, et ont été rapportées une à une, sans groupe de contrôle (Hammond 2005).</translation>
    </message>
    <message>
      <source>Case reports cannot tell training from expectancy, attention, time and other treatment, and no controlled study of this protocol is known to us. Where other protocols were compared with sham, the benefit was not specific to the training: theta/beta (ICAN 2021), SMR (Schabus 2017). Details of the source that are not known to us are filled in: one electrode at F3, and one band throughout.</source>
      <translation>Des rapports de cas ne peuvent séparer l’entraînement de l’attente, de l’attention, du temps et d’un autre traitement, et nous ne connaissons aucune étude contrôlée de ce protocole. Là où d’autres protocoles ont été comparés à un factice, le bénéfice n’était pas spécifique de l’entraînement : thêta/bêta (ICAN 2021), SMR (Schabus 2017). Les détails de la source qui ne nous sont pas connus ont été complétés : une électrode en F3, et une seule bande tout au long.</translation>
    </message>
    <message>
      <source>slow</source>
      <translation>lent</translation>
    </message>
    <message>
      <source>Beta 1 at Cz, up</source>
      <translation>Bêta 1 en Cz, hausse</translation>
    </message>
    <message>
      <source>Learn to raise the slower part of beta (15-18 Hz) over the top of the head with eyes open, while theta and the fastest beta stay low.</source>
      <translation>Apprendre à augmenter la partie lente de bêta (15-18 Hz) au sommet de la tête, les yeux ouverts, pendant que thêta et le bêta le plus rapide restent bas.</translation>
    </message>
    <message>
      <source>Be awake and with it, and let the bar rise. Notice what you are doing when it does. Jaw loose, lips apart.</source>
      <translation>Soyez éveillé et présent, et laissez monter la barre. Remarquez ce que vous faites quand elle monte. La mâchoire détendue, les lèvres entrouvertes.</translation>
    </message>
    <message>
      <source>A tense jaw or neck looks like beta. Sit comfortably, lips apart; the muscle guard holds the reward while it lasts.</source>
      <translation>Une mâchoire ou une nuque tendues ressemblent à du bêta. Asseyez-vous confortablement, les lèvres entrouvertes ; le garde-fou musculaire met la récompense en attente tant que cela dure.</translation>
    </message>
    <message>
      <source>Stop and tell someone if you get a headache, become restless or irritable, or sleep worse afterwards.</source>
      <translation>Arrêtez et dites-le à quelqu’un si vous avez mal à la tête, devenez agité ou irritable, ou dormez moins bien ensuite.</translation>
    </message>
    <message>
      <source>Healthy people trained beta 1 at Cz with theta and high beta kept down (Egner 2004). In another study healthy people trained the ratio of beta 1 to theta in 5 sessions; how well they did was predicted by their resting beta (Nan 2015).</source>
      <translation>Des personnes en bonne santé ont entraîné le bêta 1 en Cz en maintenant bas le thêta et le bêta haut (Egner 2004). Dans une autre étude, des personnes en bonne santé ont entraîné le rapport du bêta 1 au thêta en 5 séances ; leur bêta au repos prédisait leur réussite (Nan 2015).</translation>
    </message>
    <message>
      <source>The groups were small and healthy, and whether anything of daily life changes is not known. Where training against theta was compared with sham, the benefit was not specific: in attention deficit (ICAN 2021) and in healthy people (van Son 2020). Beta is small at the scalp and muscle is near.</source>
      <translation>Les groupes étaient petits et en bonne santé, et l’on ne sait si quelque chose change dans la vie quotidienne. Là où l’entraînement contre le thêta a été comparé à un factice, le bénéfice n’était pas spécifique : dans le trouble de l’attention (ICAN 2021) et chez des personnes en bonne santé (van Son 2020). Le bêta est petit sur le cuir chevelu et les muscles sont proches.</translation>
    </message>
    <message>
      <source>C3 and C4 stand in for Cz</source>
      <translation>C3 et C4 à la place de Cz</translation>
    </message>
    <message>
      <source>Left-right frontal alpha balance</source>
      <translation>Équilibre alpha frontal gauche-droite</translation>
    </message>
    <message>
      <source>Learn to shift the balance of frontal alpha to the right side. Alpha is strong where the cortex idles, so more of it on the right is read as relatively more activity on the left.</source>
      <translation>Apprendre à déplacer l’équilibre de l’alpha frontal vers le côté droit. Alpha est fort là où le cortex tourne au ralenti ; davantage d’alpha à droite se lit donc comme relativement plus d’activité à gauche.</translation>
    </message>
    <message>
      <source>Let the bar rise. It moves slowly; give it time. Notice what you are doing when it does. Sit still, face relaxed.</source>
      <translation>Laissez monter la barre. Elle bouge lentement ; donnez-lui du temps. Remarquez ce que vous faites quand elle monte. Restez immobile, le visage détendu.</translation>
    </message>
    <message>
      <source>The number is noisy: it says little over seconds and needs minutes of clean signal. Do not read a single session.</source>
      <translation>Ce nombre est bruité : il dit peu de chose sur quelques secondes et demande des minutes de signal propre. N’interprétez pas une séance isolée.</translation>
    </message>
    <message>
      <source>controlled but small studies; change of the balance itself inconsistent</source>
      <translation>études contrôlées mais petites ; changement de l’équilibre lui-même inconstant</translation>
    </message>
    <message>
      <source>In people with depression a small randomised trial against placebo found a rise of the asymmetry and of mood (Choi 2011). In 87 people with depression, symptoms fell in both trained groups, and the asymmetry did not change differently from the control (Wang 2019). In 32 women trained to raise right frontal alpha or a control, negative affect and anxiety fell, depression did not change (Mennella 2017). In 60 people the resting balance changed only in the group trained to the right and was back after a week (Quaedflieg 2016). A review of 24 studies of neurofeedback in depression found most better than control, and most below strict standards of quality (Trambaiolli 2021).</source>
      <translation>Chez des personnes en dépression, un petit essai randomisé contre placebo a trouvé une hausse de l’asymétrie et de l’humeur (Choi 2011). Chez 87 personnes en dépression, les symptômes ont baissé dans les deux groupes entraînés, et l’asymétrie n’a pas changé autrement que dans le contrôle (Wang 2019). Chez 32 femmes entraînées à augmenter l’alpha frontal droit ou à une condition de contrôle, les affects négatifs et l’anxiété ont baissé, la dépression n’a pas changé (Mennella 2017). Chez 60 personnes, l’équilibre au repos n’a changé que dans le groupe entraîné vers la droite et était revenu après une semaine (Quaedflieg 2016). Une revue de 24 études de neurofeedback dans la dépression a trouvé la plupart meilleures que le contrôle, et la plupart au-dessous de normes strictes de qualité (Trambaiolli 2021).</translation>
    </message>
    <message>
      <source>Promising, preliminary and not shown to be specific: expectancy, time and other treatment cannot be told apart. In 20 people with depression who trained other bands without a control group, mood improved while the asymmetry stayed as it was (Cheon 2016). In 230 people the frontal balance was not linked to well-being (Cannard 2021). Group differences in the balance are small beside its noise. Where other protocols were compared with sham, the benefit was not specific to the training: theta/beta (ICAN 2021), SMR (Schabus 2017).</source>
      <translation>Prometteur, préliminaire et sans spécificité montrée : l’attente, le temps et un autre traitement ne peuvent être séparés. Chez 20 personnes en dépression qui ont entraîné d’autres bandes sans groupe de contrôle, l’humeur s’est améliorée tandis que l’asymétrie restait la même (Cheon 2016). Chez 230 personnes, l’équilibre frontal n’était pas lié au bien-être (Cannard 2021). Les différences de groupe de l’équilibre sont petites à côté de son bruit. Là où d’autres protocoles ont été comparés à un factice, le bénéfice n’était pas spécifique de l’entraînement : thêta/bêta (ICAN 2021), SMR (Schabus 2017).</translation>
    </message>
    <message>
      <source>balance</source>
      <translation>équilibre</translation>
    </message>
    <message>
      <source>F5 and F6 stand in for F3 and F4</source>
      <translation>F5 et F6 à la place de F3 et F4</translation>
    </message>
    <message>
      <source>AF7 and AF8 against the mean of TP9 and TP10 stand in for F3 and F4; blinks and forehead tension are nearer</source>
      <translation>AF7 et AF8 par rapport à la moyenne de TP9 et TP10 à la place de F3 et F4 ; les clignements et la tension du front sont plus proches</translation>
    </message>
    <message>
      <source>Frontal midline theta, up</source>
      <translation>Thêta frontal médian, hausse</translation>
    </message>
    <message>
      <source>Learn to raise theta (4-8 Hz) over the middle of the front of the head with eyes open. This rhythm grows when one holds something in mind, and has nothing of sleep.</source>
      <translation>Apprendre à augmenter thêta (4-8 Hz) au milieu de l’avant de la tête, les yeux ouverts. Ce rythme grandit quand on garde quelque chose à l’esprit, et n’a rien du sommeil.</translation>
    </message>
    <message>
      <source>Hold something in mind and let the bar rise. Notice what you are doing when it does. Eyes on one point, forehead smooth.</source>
      <translation>Gardez quelque chose à l’esprit et laissez monter la barre. Remarquez ce que vous faites quand elle monte. Les yeux sur un point, le front lisse.</translation>
    </message>
    <message>
      <source>Blinks and eye movements look like theta here. Eyes on one point, blink freely in the rests; the blink guard is strict and holds the reward meanwhile.</source>
      <translation>Ici, les clignements et mouvements des yeux ressemblent à du thêta. Les yeux sur un point, clignez librement pendant les repos ; le garde-fou des clignements est strict et met entre-temps la récompense en attente.</translation>
    </message>
    <message>
      <source>Thirty minutes of training are much for a first time: stop after three runs then. Tell someone if you get a headache or feel foggy, dizzy, restless or low.</source>
      <translation>Trente minutes d’entraînement, c’est beaucoup pour une première fois : arrêtez alors après trois séquences. Dites-le à quelqu’un si vous avez mal à la tête ou si vous vous sentez dans le brouillard, étourdi, agité ou abattu.</translation>
    </message>
    <message>
      <source>In healthy people 8 sessions raised theta over the frontal midline more than pseudo-feedback in an active control group (Enriquez-Geppert 2014), and went with gains in tasks of executive control (Enriquez-Geppert 2017).</source>
      <translation>Chez des personnes en bonne santé, 8 séances ont élevé le thêta sur la ligne médiane frontale plus qu’un pseudo-feedback dans un groupe de contrôle actif (Enriquez-Geppert 2014), et sont allées de pair avec des gains aux tâches de contrôle exécutif (Enriquez-Geppert 2017).</translation>
    </message>
    <message>
      <source>The studies are of healthy people and of one line of work; whether anything of daily life changes is not known. There the band was laid around each person's own theta peak, found during a task: here it is 4-8 Hz for everyone, unless a copy of this protocol is given the person's own. Blinks that a guard misses are rewarded as theta. Where other protocols were compared with sham, the benefit was not specific to the training (ICAN 2021).</source>
      <translation>Les études portent sur des personnes en bonne santé et viennent d’une même équipe de recherche ; on ne sait si quelque chose change dans la vie quotidienne. La bande y était placée autour du pic thêta propre à chaque personne, trouvé pendant une tâche : ici elle est de 4–8 Hz pour tous, sauf si une copie de ce protocole reçoit celle de la personne. Les clignements qu’une protection manque sont récompensés comme du thêta. Là où d’autres protocoles ont été comparés à un factice, le bénéfice n’était pas spécifique de l’entraînement (ICAN 2021).</translation>
    </message>
    <message>
      <source>High beta at P3 and P4, down</source>
      <translation>Bêta haut en P3 et P4, baisse</translation>
    </message>
    <message>
      <source>Learn to let high beta (20-30 Hz) over the back of the head become small with eyes open. It is rewarded while it stays below its threshold.</source>
      <translation>Apprendre à laisser le bêta haut (20-30 Hz) devenir petit à l’arrière de la tête, les yeux ouverts. Il est récompensé tant qu’il reste sous son seuil.</translation>
    </message>
    <message>
      <source>Let the bar rise by letting go: it rises as fast activity becomes small. Jaw loose, shoulders down, eyes open and soft.</source>
      <translation>Laissez monter la barre en relâchant : elle monte quand l’activité rapide devient petite. La mâchoire détendue, les épaules basses, les yeux ouverts et doux.</translation>
    </message>
    <message>
      <source>Letting go of the jaw or neck lowers this number too, without any change in the brain. The muscle guard must stay on; relax jaw and neck before the baseline, not after it.</source>
      <translation>Relâcher la mâchoire ou la nuque abaisse aussi ce nombre, sans aucun changement dans le cerveau. Le garde-fou musculaire doit rester actif ; détendez mâchoire et nuque avant la ligne de base, pas après.</translation>
    </message>
    <message>
      <source>If your mood gets worse, or you feel tired or foggy, stop training and tell the person responsible for your care.</source>
      <translation>Si votre humeur baisse, ou si vous vous sentez fatigué ou dans le brouillard, arrêtez l’entraînement et dites-le à la personne responsable de vos soins.</translation>
    </message>
    <message>
      <source>controlled, clinical, small</source>
      <translation>contrôlé, clinique, petit</translation>
    </message>
    <message>
      <source>In 87 people with depression, 10 sessions of high beta down at P3 and P4 were compared with training of the frontal balance and with a control group: high beta at P3 fell, and so did ratings of depression and anxiety (Wang 2019). A review of 24 studies of neurofeedback in depression found most better than control, and most below strict standards of quality (Trambaiolli 2021).</source>
      <translation>Chez 87 personnes en dépression, 10 séances de bêta haut à la baisse en P3 et P4 ont été comparées à l’entraînement de l’équilibre frontal et à un groupe de contrôle : le bêta haut en P3 a baissé, de même que les cotations de dépression et d’anxiété (Wang 2019). Une revue de 24 études de neurofeedback dans la dépression a trouvé la plupart meilleures que le contrôle, et la plupart au-dessous de normes strictes de qualité (Trambaiolli 2021).</translation>
    </message>
    <message>
      <source>Ratings fell in both trained groups alike, so what was trained may not have mattered; expectancy, attention and time cannot be told apart from it. There was no sham group, and where other protocols had one, the benefit was not specific to the training: theta/beta (ICAN 2021), SMR (Schabus 2017). At 20-30 Hz muscle is often larger than EEG.</source>
      <translation>Les cotations ont baissé de la même façon dans les deux groupes entraînés, ce qui était entraîné n’a donc peut-être pas compté ; l’attente, l’attention et le temps ne peuvent en être séparés. Il n’y avait pas de groupe factice, et là où d’autres protocoles en avaient un, le bénéfice n’était pas spécifique de l’entraînement : thêta/bêta (ICAN 2021), SMR (Schabus 2017). À 20–30 Hz, les muscles sont souvent plus grands que l’EEG.</translation>
    </message>
    <message>
      <source>CP3 and CP4 stand in for P3 and P4</source>
      <translation>CP3 et CP4 à la place de P3 et P4</translation>
    </message>
    <message>
      <source>PO3 and PO4 stand in for P3 and P4</source>
      <translation>PO3 et PO4 à la place de P3 et P4</translation>
    </message>
    <message>
      <source>PO7 and PO8 stand in for P3 and P4; the neck is nearer</source>
      <translation>PO7 et PO8 à la place de P3 et P4 ; la nuque est plus proche</translation>
    </message>
    <message>
      <source>Alpha behind the ears, for a Muse</source>
      <translation>Alpha derrière les oreilles, pour un Muse</translation>
    </message>
    <message>
      <source>Learn to raise alpha, the resting rhythm of the waking brain, at the two electrodes of a Muse that sit behind the ears. It needs nothing but the headband, and is a good first session to learn how training feels.</source>
      <translation>Apprendre à augmenter alpha, le rythme de repos du cerveau éveillé, aux deux électrodes d’un Muse placées derrière les oreilles. Il ne faut rien d’autre que le bandeau, et c’est une bonne première séance pour découvrir l’entraînement.</translation>
    </message>
    <message>
      <source>Chewing, talking and a tense jaw reach the electrodes behind the ears; the guards hold the reward while they last.</source>
      <translation>Mâcher, parler et serrer la mâchoire atteignent les électrodes derrière les oreilles ; les garde-fous mettent la récompense en attente tant que cela dure.</translation>
    </message>
    <message>
      <source>Alpha also rises when you get drowsy. Stop if you nod off, and be fully awake before you drive.</source>
      <translation>Alpha monte aussi quand on devient somnolent. Arrêtez si vous vous assoupissez, et soyez pleinement éveillé avant de conduire.</translation>
    </message>
    <message>
      <source>weak at these sites</source>
      <translation>faible à ces sites</translation>
    </message>
    <message>
      <source>With a low-priced headset and single-blind sham, alpha rose faster than under sham feedback (Naas 2019). Alpha, the individual alpha frequency and the frontal balance from a mastoid-referenced Muse agreed acceptably with a 64-channel system (Cannard).</source>
      <translation>Avec un casque bon marché et un factice en simple aveugle, l’alpha a monté plus vite que sous feedback factice (Naas 2019). L’alpha, la fréquence alpha individuelle et l’équilibre frontal d’un Muse référencé aux mastoïdes concordaient acceptablement avec un système à 64 canaux (Cannard).</translation>
    </message>
    <message>
      <source>No controlled study of this protocol at TP9 and TP10 is known to us. The sham-controlled one found no gain in thinking tasks (Naas 2019). Alpha is weaker behind the ears than over the back of the head and muscle is nearer. Relaxing, closing the eyes and growing sleepy raise alpha too, without any learning.</source>
      <translation>Nous ne connaissons aucune étude contrôlée de ce protocole en TP9 et TP10. Celle contrôlée par factice n’a trouvé aucun gain aux tâches de réflexion (Naas 2019). L’alpha est plus faible derrière les oreilles qu’à l’arrière de la tête et les muscles sont plus proches. Se détendre, fermer les yeux et s’assoupir élèvent aussi l’alpha, sans aucun apprentissage.</translation>
    </message>
    <message>
      <source>Learn to raise the sensorimotor rhythm (12-15 Hz over the hand areas), which is strong while the body is still and the mind awake. Slow activity and muscle have to stay low at the same time.</source>
      <translation>Apprendre à augmenter le rythme sensorimoteur (12-15 Hz au-dessus des zones de la main), qui est fort quand le corps est immobile et l’esprit éveillé. L’activité lente et le muscle doivent rester bas en même temps.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the body go quiet and the bar rise by itself. Lips apart, shoulders down.</source>
      <translation>Soyez immobile et éveillé. Laissez le corps s’apaiser et la barre monter d’elle-même. Les lèvres entrouvertes, les épaules basses.</translation>
    </message>
    <message>
      <source>A tense jaw or neck looks like fast EEG. Sit comfortably, lips apart; the muscle guard holds the reward while it lasts.</source>
      <translation>Une mâchoire ou une nuque tendues ressemblent à de l’EEG rapide. Asseyez-vous confortablement, les lèvres entrouvertes ; le garde-fou musculaire met la récompense en attente tant que cela dure.</translation>
    </message>
    <message>
      <source>Stop and tell someone if you get a headache, feel restless or irritable, or sleep worse afterwards.</source>
      <translation>Arrêtez et dites-le à quelqu’un si vous avez mal à la tête, vous sentez agité ou irritable, ou dormez moins bien ensuite.</translation>
    </message>
    <message>
      <source>widely used; not better than sham where tested for sleep</source>
      <translation>largement utilisé ; pas meilleur que le factice là où il a été testé pour le sommeil</translation>
    </message>
    <message>
      <source>12-15 Hz up with slow and fast inhibits is one of the standard protocols in attention training (Enriquez-Geppert 2019). In insomnia, 12 sessions were not better than sham feedback and the EEG did not change (Schabus 2017). Home training of 37 people with dry electrodes, 40 or 60 sessions and no control group, went with better rated sleep (Krepel 2021). In 113 people only real feedback with a reinforcer they had chosen themselves raised SMR (Pérez-Elvira 2021).</source>
      <translation>12–15 Hz à la hausse avec inhibitions lentes et rapides est l’un des protocoles standard de l’entraînement de l’attention (Enriquez-Geppert 2019). Dans l’insomnie, 12 séances n’ont pas été meilleures qu’un feedback factice et l’EEG n’a pas changé (Schabus 2017). L’entraînement à domicile de 37 personnes avec des électrodes sèches, 40 ou 60 séances et sans groupe de contrôle, est allé de pair avec un sommeil mieux coté (Krepel 2021). Chez 113 personnes, seul un vrai feedback avec un renforçateur choisi par elles-mêmes a élevé le SMR (Pérez-Elvira 2021).</translation>
    </message>
    <message>
      <source>Where a sham group was there, the benefit was not specific to the training (Schabus 2017), so expectancy, attention and time may explain it. SMR lies next to alpha, which is larger and leaks into it, and its envelope needs about 0.25 s to be told apart. A high reward rate does not show that the EEG has changed.</source>
      <translation>Là où il y avait un groupe factice, le bénéfice n’était pas spécifique de l’entraînement (Schabus 2017), l’attente, l’attention et le temps peuvent donc l’expliquer. Le SMR est voisin de l’alpha, qui est plus grand et y fuit, et son enveloppe demande environ 0,25 s pour être distinguée. Un taux de récompense élevé ne montre pas que l’EEG a changé.</translation>
    </message>
    <message>
      <source>SMR</source>
      <translation>SMR</translation>
    </message>
    <message>
      <source>Cz alone stands in for C3 and C4</source>
      <translation>Cz seul à la place de C3 et C4</translation>
    </message>
    <message>
      <source>C4 alone, without C3</source>
      <translation>C4 seul, sans C3</translation>
    </message>
    <message>
      <source>SMR at Cz or C4, up</source>
      <translation>SMR en Cz ou C4, hausse</translation>
    </message>
    <message>
      <source>Learn to raise the sensorimotor rhythm (12-15 Hz) over the top or the right of the head, with eyes open. It is strong while the body is still and the mind awake. Slow activity and muscle have to stay low at the same time.</source>
      <translation>Apprendre à augmenter le rythme sensorimoteur (12-15 Hz) au sommet ou à droite de la tête, les yeux ouverts. Il est fort quand le corps est immobile et l’esprit éveillé. L’activité lente et le muscle doivent rester bas en même temps.</translation>
    </message>
    <message>
      <source>a standard protocol; specific benefit not shown</source>
      <translation>un protocole standard ; bénéfice spécifique non montré</translation>
    </message>
    <message>
      <source>12-15 Hz up with slow and fast inhibits is one of the standard protocols in attention deficit and hyperactivity (Enriquez-Geppert 2019). In 113 people only real feedback with a reinforcer they had chosen themselves raised SMR (Pérez-Elvira 2021).</source>
      <translation>12–15 Hz à la hausse avec inhibitions lentes et rapides est l’un des protocoles standard dans le trouble de l’attention avec hyperactivité (Enriquez-Geppert 2019). Chez 113 personnes, seul un vrai feedback avec un renforçateur choisi par elles-mêmes a élevé le SMR (Pérez-Elvira 2021).</translation>
    </message>
    <message>
      <source>Where training of the EEG was compared with sham, the benefit was not specific to it: theta/beta in attention deficit (ICAN 2021), SMR in insomnia, where the EEG did not change either (Schabus 2017). Expectancy, attention and time may explain what is seen. SMR lies next to alpha, which is larger and leaks into it. A high reward rate does not show that the EEG has changed.</source>
      <translation>Là où l’entraînement de l’EEG a été comparé à un factice, le bénéfice ne lui était pas spécifique : thêta/bêta dans le trouble de l’attention (ICAN 2021), SMR dans l’insomnie, où l’EEG n’a pas changé non plus (Schabus 2017). L’attente, l’attention et le temps peuvent expliquer ce que l’on voit. Le SMR est voisin de l’alpha, qui est plus grand et y fuit. Un taux de récompense élevé ne montre pas que l’EEG a changé.</translation>
    </message>
    <message>
      <source>C3 stands in for Cz or C4</source>
      <translation>C3 à la place de Cz ou C4</translation>
    </message>
    <message>
      <source>SMR over the hand areas alone, up</source>
      <translation>SMR au-dessus des zones de la main seules, hausse</translation>
    </message>
    <message>
      <source>Learn to raise the sensorimotor rhythm (12-15 Hz), a cousin of the spindles of sleep, in a still and wakeful body. What it gives for sure is a sense of what one can steer.</source>
      <translation>Apprendre à augmenter le rythme sensorimoteur (12-15 Hz), cousin des fuseaux du sommeil, dans un corps immobile et éveillé. Ce qu’il apporte à coup sûr, c’est une idée de ce que l’on peut diriger.</translation>
    </message>
    <message>
      <source>If you sleep badly for weeks, talk to a clinician: what helps best is not on this shelf.</source>
      <translation>Si vous dormez mal depuis des semaines, parlez-en à un clinicien : ce qui aide le mieux ne se trouve pas dans cette collection.</translation>
    </message>
    <message>
      <source>Stop and tell someone if you sleep worse, get a headache, or feel restless or irritable.</source>
      <translation>Arrêtez et dites-le à quelqu’un si vous dormez moins bien, avez mal à la tête, ou vous sentez agité ou irritable.</translation>
    </message>
    <message>
      <source>not better than sham; "feel of control" only</source>
      <translation>pas meilleur que le factice ; « sentiment de contrôle » seulement</translation>
    </message>
    <message>
      <source>An early study of 10 sessions in healthy people reported quicker sleep onset and better learning (Hoedlmoser 2008). Home training of 37 people with dry electrodes, 40 or 60 sessions and no control group, went with better rated sleep, and those who learned slept an hour longer (Krepel 2021). In 113 people only real feedback with a reinforcer they had chosen themselves raised SMR (Pérez-Elvira 2021).</source>
      <translation>Une étude ancienne de 10 séances chez des personnes en bonne santé a rapporté un endormissement plus rapide et un meilleur apprentissage (Hoedlmoser 2008). L’entraînement à domicile de 37 personnes avec des électrodes sèches, 40 ou 60 séances et sans groupe de contrôle, est allé de pair avec un sommeil mieux coté, et ceux qui ont appris ont dormi une heure de plus (Krepel 2021). Chez 113 personnes, seul un vrai feedback avec un renforçateur choisi par elles-mêmes a élevé le SMR (Pérez-Elvira 2021).</translation>
    </message>
    <message>
      <source>In insomnia, 12 sessions were not better than sham feedback, and the EEG did not change (Schabus 2017). So what people report after training is explained as well by expectancy, by attention and by the feel of control. SMR lies next to alpha, which is larger and leaks into it, and its envelope needs about 0.25 s to be told apart.</source>
      <translation>Dans l’insomnie, 12 séances n’ont pas été meilleures qu’un feedback factice, et l’EEG n’a pas changé (Schabus 2017). Ce que les personnes rapportent après l’entraînement s’explique donc aussi bien par l’attente, par l’attention et par le sentiment de contrôle. Le SMR est voisin de l’alpha, qui est plus grand et y fuit, et son enveloppe demande environ 0,25 s pour être distinguée.</translation>
    </message>
    <message>
      <source>Theta down and beta up at Cz</source>
      <translation>Thêta en baisse et bêta en hausse en Cz</translation>
    </message>
    <message>
      <source>Learn to keep theta (4-7 Hz) low and beta (13-21 Hz) high at the same time over the top of the head with eyes open. Each has its own threshold; `tbr-cz` puts the two into one ratio.</source>
      <translation>Apprendre à garder thêta (4-7 Hz) bas et bêta (13-21 Hz) haut en même temps au sommet de la tête, les yeux ouverts. Chacun a son propre seuil ; `tbr-cz` réunit les deux en un seul rapport.</translation>
    </message>
    <message>
      <source>Be awake and with it, and let the bar rise. Notice what you are doing when it does. Blink when you need to, jaw loose.</source>
      <translation>Soyez éveillé et présent, et laissez monter la barre. Remarquez ce que vous faites quand elle monte. Clignez quand il le faut, la mâchoire détendue.</translation>
    </message>
    <message>
      <source>Blinks look like theta and a tense jaw like beta. Sit comfortably, eyes on the picture, lips apart; the guards hold the reward meanwhile.</source>
      <translation>Les clignements ressemblent à du thêta et une mâchoire tendue à du bêta. Asseyez-vous confortablement, les yeux sur l’image, les lèvres entrouvertes ; les garde-fous mettent entre-temps la récompense en attente.</translation>
    </message>
    <message>
      <source>contested; no specific effect against sham</source>
      <translation>contesté ; aucun effet spécifique face au factice</translation>
    </message>
    <message>
      <source>Training of theta against beta is widely used in attention deficit and hyperactivity, and counts among the standard protocols (Enriquez-Geppert 2019). Where people could choose between two and three sessions a week, three were preferred over a course of 40 (Arnold 2013).</source>
      <translation>L’entraînement du thêta contre le bêta est largement utilisé dans le trouble de l’attention avec hyperactivité, et compte parmi les protocoles standard (Enriquez-Geppert 2019). Là où les personnes pouvaient choisir entre deux et trois séances par semaine, trois ont été préférées sur un parcours de 40 (Arnold 2013).</translation>
    </message>
    <message>
      <source>In the largest trial 144 people with attention deficit and a high theta/beta ratio were given the training or sham, three to two, and the blinding held: there was no specific effect at the end, nor after 13 months (ICAN 2021). In healthy people the training did not change what it was meant to change either (van Son 2020). So attention, coaching, expectancy and time explain what is seen as well as the training does. A high reward rate does not show that the EEG has changed.</source>
      <translation>Dans le plus grand essai, 144 personnes avec trouble de l’attention et un rapport thêta/bêta élevé ont reçu l’entraînement ou un factice, trois pour deux, et l’aveugle a tenu : il n’y a eu d’effet spécifique ni à la fin ni après 13 mois (ICAN 2021). Chez des personnes en bonne santé, l’entraînement n’a pas non plus changé ce qu’il devait changer (van Son 2020). L’attention, l’accompagnement, l’attente et le temps expliquent donc ce que l’on voit aussi bien que l’entraînement. Un taux de récompense élevé ne montre pas que l’EEG a changé.</translation>
    </message>
    <message>
      <source>Theta against beta at Cz, down</source>
      <translation>Thêta par rapport à bêta en Cz, baisse</translation>
    </message>
    <message>
      <source>Learn to lower the ratio of theta (4-7 Hz) to beta (13-21 Hz) over the top of the head with eyes open. One number for both: it falls when theta falls, when beta rises, or both. `tbr-cz-both` asks for the two one by one.</source>
      <translation>Apprendre à abaisser le rapport de thêta (4-7 Hz) à bêta (13-21 Hz) au sommet de la tête, les yeux ouverts. Un seul nombre pour les deux : il baisse quand thêta baisse, quand bêta monte, ou les deux. `tbr-cz-both` demande les deux séparément.</translation>
    </message>
    <message>
      <source>theta to beta</source>
      <translation>thêta sur bêta</translation>
    </message>
    <message>
      <source>Posterior upper alpha, up</source>
      <translation>Alpha supérieur postérieur, hausse</translation>
    </message>
    <message>
      <source>Learn to raise upper alpha, the fast half of the resting rhythm, over the back of the head with eyes open. It is among the rhythms that are learned best, though not by everyone.</source>
      <translation>Apprendre à augmenter l’alpha supérieur, la moitié rapide du rythme de repos, à l’arrière de la tête, les yeux ouverts. C’est l’un des rythmes qui s’apprennent le mieux, mais pas par tout le monde.</translation>
    </message>
    <message>
      <source>Keep the first session to about 15 minutes of training. Stop and tell someone if you get a headache, feel foggy, dizzy, restless or low.</source>
      <translation>Limitez la première séance à environ 15 minutes d’entraînement. Arrêtez et dites-le à quelqu’un si vous avez mal à la tête ou si vous vous sentez dans le brouillard, étourdi, agité ou abattu.</translation>
    </message>
    <message>
      <source>controlled, healthy volunteers mostly</source>
      <translation>contrôlé, surtout des volontaires en bonne santé</translation>
    </message>
    <message>
      <source>In a controlled study of people with major depressive disorder (40 trained, 20 without an intervention), 8 sessions over parieto-occipital sites raised upper alpha, and working memory rose with it (Escolano 2014). With a low-priced headset and single-blind sham, alpha rose faster than under sham (Naas 2019). In training of alpha at P4, what grew was the number of alpha episodes, not their size (Ossadtchi 2017), and only feedback with the shortest delay left a lasting change (Belinskaia 2020).</source>
      <translation>Dans une étude contrôlée de personnes avec trouble dépressif majeur (40 entraînées, 20 sans intervention), 8 séances sur des sites pariéto-occipitaux ont élevé l’alpha supérieur, et la mémoire de travail a monté avec lui (Escolano 2014). Avec un casque bon marché et un factice en simple aveugle, l’alpha a monté plus vite que sous factice (Naas 2019). Dans l’entraînement de l’alpha en P4, c’est le nombre d’épisodes alpha qui a crû, non leur taille (Ossadtchi 2017), et seul le feedback au plus court délai a laissé un changement durable (Belinskaia 2020).</translation>
    </message>
    <message>
      <source>The study with a group in care compared with no intervention, so it cannot tell training from attention, expectancy or time. The sham-controlled one found no gain in thinking tasks (Naas 2019). Many people do not learn it. A higher alpha is not by itself better health.</source>
      <translation>L’étude avec un groupe en soins a comparé à l’absence d’intervention, elle ne peut donc séparer l’entraînement de l’attention, de l’attente ou du temps. Celle contrôlée par factice n’a trouvé aucun gain aux tâches de réflexion (Naas 2019). Beaucoup de personnes ne l’apprennent pas. Un alpha plus élevé n’est pas en soi une meilleure santé.</translation>
    </message>
    <message>
      <source>upper alpha</source>
      <translation>alpha supérieur</translation>
    </message>
    <message>
      <source>CP3 and CP4 stand in for the posterior sites; upper alpha is weaker there</source>
      <translation>CP3 et CP4 à la place des sites postérieurs ; l’alpha supérieur y est plus faible</translation>
    </message>
    <message>
      <source>TP9 and TP10 behind the ears stand in for the posterior sites; upper alpha is weaker there and jaw tension nearer</source>
      <translation>TP9 et TP10 derrière les oreilles à la place des sites postérieurs ; l’alpha supérieur y est plus faible et la tension de la mâchoire plus proche</translation>
    </message>
    <message>
      <source>schema</source>
      <translation>schéma</translation>
    </message>
    <message>
      <source>id</source>
      <translation>id</translation>
    </message>
    <message>
      <source>version</source>
      <translation>version</translation>
    </message>
    <message>
      <source>name</source>
      <translation>nom</translation>
    </message>
    <message>
      <source>purpose</source>
      <translation>but</translation>
    </message>
    <message>
      <source>cautions</source>
      <translation>précautions</translation>
    </message>
    <message>
      <source>evidence</source>
      <translation>preuves</translation>
    </message>
    <message>
      <source>montage</source>
      <translation>montage</translation>
    </message>
    <message>
      <source>features</source>
      <translation>mesures</translation>
    </message>
    <message>
      <source>conditions</source>
      <translation>conditions</translation>
    </message>
    <message>
      <source>guards</source>
      <translation>protections</translation>
    </message>
    <message>
      <source>recalibrate</source>
      <translation>recalibrer</translation>
    </message>
    <message>
      <source>feedback</source>
      <translation>feedback</translation>
    </message>
    <message>
      <source>stages</source>
      <translation>étapes</translation>
    </message>
    <message>
      <source>crossover</source>
      <translation>croisement</translation>
    </message>
    <message>
      <source>level</source>
      <translation>niveau</translation>
    </message>
    <message>
      <source>summary</source>
      <translation>résumé</translation>
    </message>
    <message>
      <source>limits</source>
      <translation>limites</translation>
    </message>
    <message>
      <source>references</source>
      <translation>références</translation>
    </message>
    <message>
      <source>text</source>
      <translation>texte</translation>
    </message>
    <message>
      <source>doi</source>
      <translation>DOI</translation>
    </message>
    <message>
      <source>sites</source>
      <translation>sites</translation>
    </message>
    <message>
      <source>min sites</source>
      <translation>sites au minimum</translation>
    </message>
    <message>
      <source>reference</source>
      <translation>référence</translation>
    </message>
    <message>
      <source>fallbacks</source>
      <translation>remplaçants</translation>
    </message>
    <message>
      <source>replace</source>
      <translation>remplace</translation>
    </message>
    <message>
      <source>adapted</source>
      <translation>adapté</translation>
    </message>
    <message>
      <source>kind</source>
      <translation>type</translation>
    </message>
    <message>
      <source>band</source>
      <translation>bande</translation>
    </message>
    <message>
      <source>Hz</source>
      <translation>Hz</translation>
    </message>
    <message>
      <source>band from iaf</source>
      <translation>bande depuis le pic alpha</translation>
    </message>
    <message>
      <source>relative to</source>
      <translation>par rapport à</translation>
    </message>
    <message>
      <source>numerator</source>
      <translation>numérateur</translation>
    </message>
    <message>
      <source>denominator</source>
      <translation>dénominateur</translation>
    </message>
    <message>
      <source>log</source>
      <translation>logarithme</translation>
    </message>
    <message>
      <source>estimator</source>
      <translation>estimateur</translation>
    </message>
    <message>
      <source>delay</source>
      <translation>délai</translation>
    </message>
    <message>
      <source>s</source>
      <translation>s</translation>
    </message>
    <message>
      <source>taps</source>
      <translation>longueur du filtre</translation>
    </message>
    <message>
      <source>smoothing</source>
      <translation>lissage</translation>
    </message>
    <message>
      <source>feature</source>
      <translation>indice</translation>
    </message>
    <message>
      <source>role</source>
      <translation>rôle</translation>
    </message>
    <message>
      <source>direction</source>
      <translation>direction</translation>
    </message>
    <message>
      <source>target</source>
      <translation>objectif</translation>
    </message>
    <message>
      <source>value</source>
      <translation>valeur</translation>
    </message>
    <message>
      <source>k</source>
      <translation>k</translation>
    </message>
    <message>
      <source>window</source>
      <translation>fenêtre</translation>
    </message>
    <message>
      <source>gain</source>
      <translation>gain</translation>
    </message>
    <message>
      <source>µV</source>
      <translation>µV</translation>
    </message>
    <message>
      <source>gradient</source>
      <translation>gradient</translation>
    </message>
    <message>
      <source>motion</source>
      <translation>mouvement</translation>
    </message>
    <message>
      <source>g</source>
      <translation>g</translation>
    </message>
    <message>
      <source>drowsiness</source>
      <translation>somnolence</translation>
    </message>
    <message>
      <source>dwell</source>
      <translation>maintien</translation>
    </message>
    <message>
      <source>refractory</source>
      <translation>réfractaire</translation>
    </message>
    <message>
      <source>must fall back</source>
      <translation>doit retomber</translation>
    </message>
    <message>
      <source>fall back</source>
      <translation>redescente</translation>
    </message>
    <message>
      <source>from</source>
      <translation>à partir de</translation>
    </message>
    <message>
      <source>mode</source>
      <translation>image</translation>
    </message>
    <message>
      <source>instruction</source>
      <translation>consigne</translation>
    </message>
    <message>
      <source>eyes</source>
      <translation>yeux</translation>
    </message>
    <message>
      <source>min clean</source>
      <translation>propre au minimum</translation>
    </message>
    <message>
      <source>rest after baseline</source>
      <translation>pause après la ligne de base</translation>
    </message>
    <message>
      <source>runs</source>
      <translation>séquences</translation>
    </message>
    <message>
      <source>peak</source>
      <translation>pic</translation>
    </message>
    <message>
      <source>then</source>
      <translation>ensuite</translation>
    </message>
    <message>
      <source>by</source>
      <translation>de</translation>
    </message>
    <message>
      <source>for</source>
      <translation>pendant</translation>
    </message>
    <message>
      <source>sessions</source>
      <translation>séances</translation>
    </message>
    <message>
      <source>per week</source>
      <translation>par semaine</translation>
    </message>
    <message>
      <source>stand-in</source>
      <translation>remplaçant</translation>
    </message>
    <message>
      <source>On a headset without the protocol's own sites others stand in for them. Sessions on stand-ins are labelled, and are not compared with those on the own sites.</source>
      <translation>Sur un casque sans les sites propres au protocole, d’autres les remplacent. Les séances sur des sites de remplacement sont marquées, et ne sont pas comparées à celles sur les sites propres.</translation>
    </message>
    <message>
      <source>The rhythm of 8 to 13 waves a second, largest over the back of the head. It grows when the eyes close or the mind rests, and fades with effort and with sleep.</source>
      <translation>Le rythme de 8 à 13 ondes par seconde, le plus ample à l’arrière de la tête. Il grandit quand les yeux se ferment ou que l’esprit se repose, et s’efface avec l’effort et le sommeil.</translation>
    </message>
    <message>
      <source>amplitude envelope</source>
      <translation>enveloppe d’amplitude</translation>
    </message>
    <message>
      <source>envelope</source>
      <translation>enveloppe</translation>
    </message>
    <message>
      <source>How large a rhythm is at the moment, in microvolts: half the height from trough to crest of its waves.</source>
      <translation>La taille d’un rythme à cet instant, en microvolts : la moitié de la hauteur du creux à la crête de ses ondes.</translation>
    </message>
    <message>
      <source>artefact</source>
      <translation>artefact</translation>
    </message>
    <message>
      <source>artifact</source>
      <translation>artefacts</translation>
    </message>
    <message>
      <source>Anything in the signal that does not come from the brain: blinks, muscle, movement, loose electrodes, mains. While one lasts nothing is rewarded or learned, and the clock stands still.</source>
      <translation>Tout ce qui, dans le signal, ne vient pas du cerveau : clignements, muscle, mouvement, électrodes mal fixées, secteur. Tant qu’il dure, rien n’est récompensé ni appris, et l’horloge s’arrête.</translation>
    </message>
    <message>
      <source>How much larger a rhythm is on the right than on the left, as a difference of logarithms: 0 is even, above 0 is more on the right.</source>
      <translation>De combien un rythme est plus ample à droite qu’à gauche, en différence de logarithmes : 0 est l’égalité, au-dessus de 0 il y en a plus à droite.</translation>
    </message>
    <message>
      <source>average reference</source>
      <translation>référence moyenne</translation>
    </message>
    <message>
      <source>The mean of all channels is subtracted from each. Needs at least eight channels in good contact.</source>
      <translation>La moyenne de tous les canaux est soustraite de chacun. Demande au moins huit canaux en bon contact.</translation>
    </message>
    <message>
      <source>frequency band</source>
      <translation>bande de fréquences</translation>
    </message>
    <message>
      <source>A range of frequencies that is looked at together, such as 8 to 12 Hz.</source>
      <translation>Une plage de fréquences considérées ensemble, par exemple de 8 à 12 Hz.</translation>
    </message>
    <message>
      <source>The first minutes, at rest and without feedback. Thresholds come from them, and later runs are compared with them.</source>
      <translation>Les premières minutes, au repos et sans feedback. Les seuils en proviennent, et les séquences suivantes y sont comparées.</translation>
    </message>
    <message>
      <source>baseline_percentile</source>
      <translation>baseline_percentile</translation>
    </message>
    <message>
      <source>A threshold that a chosen share of the clean baseline would have passed. It then stays where it is, so that a higher score means a changed signal.</source>
      <translation>Un seuil qu’une part choisie de la ligne de base propre aurait franchi. Il reste ensuite où il est, de sorte qu’un score plus élevé signifie un signal changé.</translation>
    </message>
    <message>
      <source>baseline_z</source>
      <translation>baseline_z</translation>
    </message>
    <message>
      <source>A threshold so many standard deviations from the mean of the clean baseline, always on the harder side if the number is above 0.</source>
      <translation>Un seuil à un certain nombre d’écarts-types de la moyenne de la ligne de base propre, toujours du côté le plus difficile si le nombre est au-dessus de 0.</translation>
    </message>
    <message>
      <source>Rhythms of 13 to 30 waves a second. They are small at the scalp, and muscle is often larger.</source>
      <translation>Les rythmes de 13 à 30 ondes par seconde. Ils sont petits sur le cuir chevelu, et le muscle est souvent plus grand.</translation>
    </message>
    <message>
      <source>A blink moves the electric field of the eyes and shows on frontal electrodes as a slow hump many times larger than EEG. It looks like theta or delta, so it is held.</source>
      <translation>Un clignement déplace le champ électrique des yeux et apparaît sur les électrodes frontales comme une bosse lente, bien plus grande que l’EEG. Il ressemble à thêta ou delta, il est donc mis en attente.</translation>
    </message>
    <message>
      <source>cfir</source>
      <translation>cfir</translation>
    </message>
    <message>
      <source>A way to estimate a band's amplitude: a complex filter that takes all frequencies as equally strong. Simple, and less accurate at the same delay than the one made for the person's spectrum.</source>
      <translation>Une manière d’estimer l’amplitude d’une bande : un filtre complexe qui suppose toutes les fréquences également fortes. Simple, et moins exact à délai égal que celui fait pour le spectre de la personne.</translation>
    </message>
    <message>
      <source>channel</source>
      <translation>canal</translation>
    </message>
    <message>
      <source>One row of the recording: the voltage between an electrode and the reference.</source>
      <translation>Une ligne de l’enregistrement : la tension entre une électrode et la référence.</translation>
    </message>
    <message>
      <source>signal check</source>
      <translation>contrôle du signal</translation>
    </message>
    <message>
      <source>The signal check: every site that is needed should have good contact first.</source>
      <translation>La vérification du signal : chaque site nécessaire devrait d’abord avoir un bon contact.</translation>
    </message>
    <message>
      <source>A short sound at each reward.</source>
      <translation>Un son bref à chaque récompense.</translation>
    </message>
    <message>
      <source>clean time</source>
      <translation>temps propre</translation>
    </message>
    <message>
      <source>clean signal</source>
      <translation>signal propre</translation>
    </message>
    <message>
      <source>Without an artefact and with good contact. Only clean time is counted, rewarded and learned from.</source>
      <translation>Sans artefact et avec un bon contact. Seul le temps propre est compté, récompensé et utilisé pour apprendre.</translation>
    </message>
    <message>
      <source>coupling</source>
      <translation>couplage</translation>
    </message>
    <message>
      <source>synchrony</source>
      <translation>synchronie</translation>
    </message>
    <message>
      <source>How steadily two sites go together in a band, from 0 to 1, averaged over some seconds.</source>
      <translation>La régularité avec laquelle deux sites vont ensemble dans une bande, de 0 à 1, en moyenne sur quelques secondes.</translation>
    </message>
    <message>
      <source>condition</source>
      <translation>condition</translation>
    </message>
    <message>
      <source>One demand on one feature: above or below its threshold. All conditions have to be met at once.</source>
      <translation>Une exigence sur un indice : au-dessus ou en dessous de son seuil. Toutes les conditions doivent être remplies en même temps.</translation>
    </message>
    <message>
      <source>How well an electrode touches the skin. With poor contact it shows hum and drift instead of EEG: moisten, press, part the hair.</source>
      <translation>La qualité du contact entre électrode et peau. Si le contact est insuffisant, elle montre du ronflement et de la dérive au lieu de l’EEG : humidifiez, pressez, écartez les cheveux.</translation>
    </message>
    <message>
      <source>The whole series of sessions. Learning is judged over a course, not by one session.</source>
      <translation>Toute la série de séances. L’apprentissage se juge sur un parcours, pas sur une séance.</translation>
    </message>
    <message>
      <source>course target</source>
      <translation>objectif de parcours</translation>
    </message>
    <message>
      <source>A threshold from the first session of a course that is kept, and raised a little after a session that went well. Each change is logged.</source>
      <translation>Un seuil issu de la première séance d’un parcours, conservé, et un peu relevé après une séance qui s’est bien passée. Chaque changement est consigné.</translation>
    </message>
    <message>
      <source>The moment, with eyes closed, at which theta becomes larger than alpha, on the way from waking to sleep.</source>
      <translation>L’instant, les yeux fermés, où thêta devient plus grand qu’alpha, entre la veille et le sommeil.</translation>
    </message>
    <message>
      <source>delta</source>
      <translation>delta</translation>
    </message>
    <message>
      <source>The slowest rhythm, below 4 waves a second: large in deep sleep. Blinks and movement look like it.</source>
      <translation>Le rythme le plus lent, sous 4 ondes par seconde : ample en sommeil profond. Clignements et mouvements lui ressemblent.</translation>
    </message>
    <message>
      <source>derivation</source>
      <translation>dérivation</translation>
    </message>
    <message>
      <source>Which voltage is looked at: an electrode minus its reference. Another reference makes another signal.</source>
      <translation>La tension que l’on regarde : une électrode moins sa référence. Une autre référence fait un autre signal.</translation>
    </message>
    <message>
      <source>drift</source>
      <translation>dérive</translation>
    </message>
    <message>
      <source>A slow wandering of the voltage, from sweat or a drying electrode. It is filtered out.</source>
      <translation>Une lente variation de la tension, due à la sueur ou à une électrode qui sèche. Elle est filtrée.</translation>
    </message>
    <message>
      <source>Alpha fades and slow waves grow: sleep is near. With eyes closed the guard then holds the reward.</source>
      <translation>Alpha s’efface et les ondes lentes grandissent : le sommeil est proche. Les yeux fermés, le garde-fou met alors la récompense en attente.</translation>
    </message>
    <message>
      <source>dwell time</source>
      <translation>durée de maintien</translation>
    </message>
    <message>
      <source>How long all conditions must be met without a break before a reward is given. It keeps out flicker.</source>
      <translation>Combien de temps toutes les conditions doivent être remplies sans interruption avant une récompense. Cela évite le papillotement.</translation>
    </message>
    <message>
      <source>EEG</source>
      <translation>EEG</translation>
    </message>
    <message>
      <source>Electroencephalogram: the voltage that the working brain leaves at the scalp, some millionths of a volt.</source>
      <translation>Électroencéphalogramme : la tension que le cerveau en activité laisse sur le cuir chevelu, quelques millionièmes de volt.</translation>
    </message>
    <message>
      <source>electrode</source>
      <translation>électrode</translation>
    </message>
    <message>
      <source>sensor</source>
      <translation>capteur</translation>
    </message>
    <message>
      <source>What touches the skin and picks up the voltage.</source>
      <translation>Ce qui touche la peau et capte la tension.</translation>
    </message>
    <message>
      <source>epoch</source>
      <translation>époque</translation>
    </message>
    <message>
      <source>A piece of the recording cut out around a marker.</source>
      <translation>Un morceau d’enregistrement découpé autour d’un marqueur.</translation>
    </message>
    <message>
      <source>The way in which a band's amplitude is found from the samples that have come so far. All of them trade delay against accuracy.</source>
      <translation>La manière dont l’amplitude d’une bande est trouvée à partir des échantillons déjà reçus. Toutes échangent du délai contre de l’exactitude.</translation>
    </message>
    <message>
      <source>expected rate</source>
      <translation>taux prévu</translation>
    </message>
    <message>
      <source>joint expected rate</source>
      <translation>taux conjoint attendu</translation>
    </message>
    <message>
      <source>expected reward</source>
      <translation>récompense attendue</translation>
    </message>
    <message>
      <source>The share of the clean baseline in which all conditions would have been met at once. Aim for 40 to 80 %.</source>
      <translation>La part de la ligne de base propre où toutes les conditions auraient été remplies en même temps. Visez 40 à 80 %.</translation>
    </message>
    <message>
      <source>fallen back</source>
      <translation>retombé</translation>
    </message>
    <message>
      <source>After a reward the feature has to leave its range by a little before the next one can begin, where a protocol asks for it.</source>
      <translation>Après une récompense, l’indice doit quitter un peu sa plage avant que la suivante puisse commencer, si le protocole le demande.</translation>
    </message>
    <message>
      <source>The number that is trained, computed some fifty times a second: an amplitude, a ratio, a balance.</source>
      <translation>Le nombre qui est entraîné, calculé une cinquantaine de fois par seconde : une amplitude, un rapport, un équilibre.</translation>
    </message>
    <message>
      <source>neurofeedback</source>
      <translation>neurofeedback</translation>
    </message>
    <message>
      <source>What the client sees and hears of the own signal, as soon as it can be told.</source>
      <translation>Ce que le client voit et entend de son propre signal, dès que l’on peut le dire.</translation>
    </message>
    <message>
      <source>fft</source>
      <translation>fft</translation>
    </message>
    <message>
      <source>A way to estimate a band's amplitude from the spectrum of the last second. Widely used, and half a second late.</source>
      <translation>Une manière d’estimer l’amplitude d’une bande à partir du spectre de la dernière seconde. Très répandue, avec une demi-seconde de retard.</translation>
    </message>
    <message>
      <source>filter</source>
      <translation>filtre</translation>
    </message>
    <message>
      <source>Arithmetic that lets some frequencies pass and stops others. Every filter costs delay.</source>
      <translation>Un calcul qui laisse passer certaines fréquences et en arrête d’autres. Tout filtre coûte du délai.</translation>
    </message>
    <message>
      <source>A threshold with a value that was typed in and does not change.</source>
      <translation>Un seuil dont la valeur a été saisie et ne change pas.</translation>
    </message>
    <message>
      <source>The voltage does not change at all: the electrode is off, or the amplifier sleeps.</source>
      <translation>La tension ne change pas du tout : l’électrode est débranchée, ou l’amplificateur est en veille.</translation>
    </message>
    <message>
      <source>lost samples</source>
      <translation>échantillons perdus</translation>
    </message>
    <message>
      <source>Samples that never arrived. They are marked, not invented, and nothing is rewarded across them.</source>
      <translation>Des échantillons jamais arrivés. Ils sont marqués, pas inventés, et rien n’est récompensé à travers eux.</translation>
    </message>
    <message>
      <source>The largest change from one sample to the next. EEG changes little in four thousandths of a second; what jumps is no EEG.</source>
      <translation>Le plus grand changement d’un échantillon au suivant. L’EEG change peu en quatre millièmes de seconde ; ce qui saute n’est pas de l’EEG.</translation>
    </message>
    <message>
      <source>ground</source>
      <translation>masse</translation>
    </message>
    <message>
      <source>The electrode that the amplifier rests its own zero on. With poor contact there every channel hums.</source>
      <translation>L’électrode sur laquelle l’amplificateur appuie son propre zéro. Si son contact est insuffisant, tous les canaux ronflent.</translation>
    </message>
    <message>
      <source>guard</source>
      <translation>garde-fou</translation>
    </message>
    <message>
      <source>A watch that holds the reward while an artefact lasts. It is hygiene, not training: the client is not scored on it.</source>
      <translation>Une surveillance qui met la récompense en attente tant qu’un artefact dure. C’est de l’hygiène, pas de l’entraînement : le client n’est pas noté dessus.</translation>
    </message>
    <message>
      <source>Fast rhythms of 20 to 32 waves a second. A tense jaw or neck looks like them.</source>
      <translation>Les rythmes rapides de 20 à 32 ondes par seconde. Une mâchoire ou une nuque tendues leur ressemblent.</translation>
    </message>
    <message>
      <source>hold</source>
      <translation>en attente</translation>
    </message>
    <message>
      <source>A time that does not count, because an artefact lasts or has just ended: the feedback rests at neutral.</source>
      <translation>Un temps qui ne compte pas, parce qu’un artefact dure ou vient de finir : le feedback reste au neutre.</translation>
    </message>
    <message>
      <source>hop</source>
      <translation>pas</translation>
    </message>
    <message>
      <source>The small step of some 20 thousandths of a second at which everything is computed and decided.</source>
      <translation>Le petit intervalle d’une vingtaine de millièmes de seconde auquel tout est calculé et décidé.</translation>
    </message>
    <message>
      <source>iir</source>
      <translation>iir</translation>
    </message>
    <message>
      <source>A way to estimate a band's amplitude with a classic recursive filter. Its delay cannot be chosen.</source>
      <translation>Une manière d’estimer l’amplitude d’une bande avec un filtre récursif classique. Son délai ne peut pas être choisi.</translation>
    </message>
    <message>
      <source>imaginary_coherence</source>
      <translation>imaginary_coherence</translation>
    </message>
    <message>
      <source>Coherence without what reaches both sites at the same moment, such as a shared reference or one strong source between them.</source>
      <translation>La cohérence sans ce qui atteint les deux sites au même instant, comme une référence commune ou une source forte entre eux.</translation>
    </message>
    <message>
      <source>impedance</source>
      <translation>impédance</translation>
    </message>
    <message>
      <source>resistance</source>
      <translation>résistance</translation>
    </message>
    <message>
      <source>The resistance between electrode and skin, in kiloohm. Few headsets can measure it.</source>
      <translation>La résistance entre électrode et peau, en kiloohms. Peu de casques peuvent la mesurer.</translation>
    </message>
    <message>
      <source>time in range</source>
      <translation>temps dans la cible</translation>
    </message>
    <message>
      <source>All conditions are met at this moment.</source>
      <translation>Toutes les conditions sont remplies à cet instant.</translation>
    </message>
    <message>
      <source>individual alpha frequency</source>
      <translation>fréquence alpha individuelle</translation>
    </message>
    <message>
      <source>IAF</source>
      <translation>IAF</translation>
    </message>
    <message>
      <source>Where a person's alpha has its peak, between 7 and 13 Hz, found with eyes closed. Bands can be laid around it. Where there is no clear peak, the protocol's fixed band is used.</source>
      <translation>Là où l’alpha d’une personne a son pic, entre 7 et 13 Hz, trouvé les yeux fermés. Les bandes peuvent être placées autour. Sans pic net, la bande fixe du protocole est utilisée.</translation>
    </message>
    <message>
      <source>A rhythm that must stay on its side of a threshold for a reward. It is trained and shown, as against a guard.</source>
      <translation>Un rythme qui doit rester de son côté d’un seuil pour une récompense. Il est entraîné et montré, contrairement à un garde-fou.</translation>
    </message>
    <message>
      <source>learning</source>
      <translation>apprentissage</translation>
    </message>
    <message>
      <source>A lasting change of the signal itself. A high score is not a proof of it.</source>
      <translation>Un changement durable du signal lui-même. Un score élevé n’en est pas une preuve.</translation>
    </message>
    <message>
      <source>loop delay</source>
      <translation>délai de boucle</translation>
    </message>
    <message>
      <source>latency</source>
      <translation>latence</translation>
    </message>
    <message>
      <source>The time from a change at the electrode to the picture or sound that tells of it. A quarter of a second more weakened learning in a study, so it is kept short and shown.</source>
      <translation>Le temps entre un changement à l’électrode et l’image ou le son qui l’annonce. Un quart de seconde de plus a affaibli l’apprentissage dans une étude ; il est donc tenu court et affiché.</translation>
    </message>
    <message>
      <source>mains hum</source>
      <translation>ronflement du secteur</translation>
    </message>
    <message>
      <source>The hum of 50 or 60 Hz from the wiring of the building. Poor contact makes it worse.</source>
      <translation>Le ronflement à 50 ou 60 Hz du câblage du bâtiment. Un contact insuffisant l’augmente.</translation>
    </message>
    <message>
      <source>marker</source>
      <translation>marqueur</translation>
    </message>
    <message>
      <source>A point in time with a name, set by hand or by the program, and kept in the recording.</source>
      <translation>Un point dans le temps avec un nom, posé à la main ou par le programme, et gardé dans l’enregistrement.</translation>
    </message>
    <message>
      <source>median</source>
      <translation>médiane</translation>
    </message>
    <message>
      <source>The middle value: half of all values lie below it. A few outliers do not move it.</source>
      <translation>La valeur du milieu : la moitié des valeurs est en dessous. Quelques valeurs extrêmes ne la déplacent pas.</translation>
    </message>
    <message>
      <source>microvolt</source>
      <translation>microvolt</translation>
    </message>
    <message>
      <source>A millionth of a volt, the unit of EEG.</source>
      <translation>Un millionième de volt, l’unité de l’EEG.</translation>
    </message>
    <message>
      <source>Which electrodes are used, and what is subtracted from what.</source>
      <translation>Quelles électrodes sont utilisées, et ce qui est soustrait de quoi.</translation>
    </message>
    <message>
      <source>A movement of head or cable: large slow swings on many channels.</source>
      <translation>Un mouvement de la tête ou du câble : de grandes oscillations lentes sur de nombreux canaux.</translation>
    </message>
    <message>
      <source>The electricity of tense muscles, mostly of jaw, forehead and neck. It reaches from 12 Hz upwards and looks like beta.</source>
      <translation>L’électricité des muscles tendus, surtout ceux de la mâchoire, du front et de la nuque. Elle s’étend à partir de 12 Hz et ressemble à bêta.</translation>
    </message>
    <message>
      <source>neutral</source>
      <translation>neutre</translation>
    </message>
    <message>
      <source>The middle position of the feedback, which says neither yes nor no.</source>
      <translation>La position médiane du feedback, qui ne dit ni oui ni non.</translation>
    </message>
    <message>
      <source>The device sent something that is not a number. It is held and left out.</source>
      <translation>L’appareil a envoyé quelque chose qui n’est pas un nombre. C’est mis en attente et laissé de côté.</translation>
    </message>
    <message>
      <source>notch</source>
      <translation>coupe-bande</translation>
    </message>
    <message>
      <source>A filter that takes out one frequency, that of the mains.</source>
      <translation>Un filtre qui retire une seule fréquence, celle du secteur.</translation>
    </message>
    <message>
      <source>pause</source>
      <translation>pause</translation>
    </message>
    <message>
      <source>Everything stands still until somebody resumes; the recording runs on.</source>
      <translation>Tout s’arrête jusqu’à ce que quelqu’un reprenne ; l’enregistrement continue.</translation>
    </message>
    <message>
      <source>percentile</source>
      <translation>percentile</translation>
    </message>
    <message>
      <source>The value below which a given share of all values lies: half of them lie below the 50th.</source>
      <translation>La valeur sous laquelle se trouve une part donnée de toutes les valeurs : la moitié est sous le 50e.</translation>
    </message>
    <message>
      <source>phase</source>
      <translation>phase</translation>
    </message>
    <message>
      <source>Where in its wave a rhythm stands at a moment: crest, trough, or between them.</source>
      <translation>Où en est un rythme dans son onde à un instant : crête, creux, ou entre les deux.</translation>
    </message>
    <message>
      <source>phase_locking</source>
      <translation>phase_locking</translation>
    </message>
    <message>
      <source>How steadily the waves of two sites keep their distance in time, whatever their size, from 0 to 1.</source>
      <translation>La régularité avec laquelle les ondes de deux sites gardent leur distance dans le temps, quelle que soit leur taille, de 0 à 1.</translation>
    </message>
    <message>
      <source>pop</source>
      <translation>saut d’électrode</translation>
    </message>
    <message>
      <source>A sudden jump of a single electrode that settles slowly: its contact slipped.</source>
      <translation>Un saut soudain d’une seule électrode, qui se stabilise lentement : son contact a glissé.</translation>
    </message>
    <message>
      <source>power</source>
      <translation>puissance</translation>
    </message>
    <message>
      <source>band power</source>
      <translation>puissance de bande</translation>
    </message>
    <message>
      <source>The square of a rhythm's size, in µV². Doubling the amplitude makes it fourfold.</source>
      <translation>Le carré de la taille d’un rythme, en µV². Doubler l’amplitude la multiplie par quatre.</translation>
    </message>
    <message>
      <source>protocol</source>
      <translation>protocole</translation>
    </message>
    <message>
      <source>The full recipe of a training: sites, bands, conditions, guards and times, in one readable file.</source>
      <translation>La recette complète d’un entraînement : sites, bandes, conditions, garde-fous et durées, dans un seul fichier lisible.</translation>
    </message>
    <message>
      <source>quality</source>
      <translation>qualité</translation>
    </message>
    <message>
      <source>signal quality</source>
      <translation>qualité du signal</translation>
    </message>
    <message>
      <source>How far a channel can be trusted at the moment, with the reason if it cannot.</source>
      <translation>La confiance que l’on peut accorder à un canal à cet instant, avec la raison si ce n’est pas possible.</translation>
    </message>
    <message>
      <source>rail</source>
      <translation>butée</translation>
    </message>
    <message>
      <source>The voltage stands at the end of what the amplifier can measure: usually an electrode without contact.</source>
      <translation>La tension est au bout de ce que l’amplificateur peut mesurer : le plus souvent une électrode sans contact.</translation>
    </message>
    <message>
      <source>ratio</source>
      <translation>rapport</translation>
    </message>
    <message>
      <source>theta/beta</source>
      <translation>thêta/bêta</translation>
    </message>
    <message>
      <source>One feature divided by another; as a logarithm, how far they are apart.</source>
      <translation>Un indice divisé par un autre ; en logarithme, ce qui les sépare.</translation>
    </message>
    <message>
      <source>raw EEG</source>
      <translation>EEG brut</translation>
    </message>
    <message>
      <source>raw</source>
      <translation>brut</translation>
    </message>
    <message>
      <source>The signal as the device delivered it. It is recorded like this; filters serve the display.</source>
      <translation>Le signal tel que l’appareil l’a fourni. Il est enregistré ainsi ; les filtres servent à l’affichage.</translation>
    </message>
    <message>
      <source>recalibration</source>
      <translation>recalibrage</translation>
    </message>
    <message>
      <source>One correction of the thresholds in a session, if rewards are far too rare or far too frequent. It is logged.</source>
      <translation>Une correction des seuils dans une séance, si les récompenses sont beaucoup trop rares ou trop fréquentes. Elle est consignée.</translation>
    </message>
    <message>
      <source>recording</source>
      <translation>enregistrement</translation>
    </message>
    <message>
      <source>The file of a session. What is in it is exactly what was computed on.</source>
      <translation>Le fichier d’une séance. Ce qu’il contient est exactement ce sur quoi le calcul a été fait.</translation>
    </message>
    <message>
      <source>linked ears</source>
      <translation>oreilles reliées</translation>
    </message>
    <message>
      <source>The electrode, or the mean of some, against which all others are measured. Keep it the same over a course.</source>
      <translation>L’électrode, ou la moyenne de plusieurs, par rapport à laquelle toutes les autres sont mesurées. Gardez la même sur un parcours.</translation>
    </message>
    <message>
      <source>refractory time</source>
      <translation>temps réfractaire</translation>
    </message>
    <message>
      <source>The shortest time between two rewards.</source>
      <translation>Le temps le plus court entre deux récompenses.</translation>
    </message>
    <message>
      <source>relative</source>
      <translation>relatif</translation>
    </message>
    <message>
      <source>relative power</source>
      <translation>puissance relative</translation>
    </message>
    <message>
      <source>The share that a band has of the whole. It also moves when the other bands do.</source>
      <translation>La part qu’une bande a de l’ensemble. Elle bouge aussi quand les autres bandes bougent.</translation>
    </message>
    <message>
      <source>replay</source>
      <translation>relecture</translation>
    </message>
    <message>
      <source>Running a recording again through the same decisions. Of our own recordings it gives the same to the last bit.</source>
      <translation>Faire repasser un enregistrement par les mêmes décisions. Sur nos propres enregistrements, le résultat est le même au bit près.</translation>
    </message>
    <message>
      <source>A pause between two runs. Its clock runs on whatever the signal does.</source>
      <translation>Une pause entre deux séquences. Son horloge tourne quoi que fasse le signal.</translation>
    </message>
    <message>
      <source>token</source>
      <translation>jeton</translation>
    </message>
    <message>
      <source>What is given when all conditions have been met for the dwell time: a sound, a token.</source>
      <translation>Ce qui est donné quand toutes les conditions ont été remplies pendant le temps de maintien : un son, un jeton.</translation>
    </message>
    <message>
      <source>rhythm</source>
      <translation>rythme</translation>
    </message>
    <message>
      <source>A wave that repeats itself for a while. Also a way to estimate only that part of a band which is a rhythm, without the noise under it.</source>
      <translation>Une onde qui se répète un certain temps. Aussi une manière de n’estimer que la part d’une bande qui est un rythme, sans le bruit en dessous.</translation>
    </message>
    <message>
      <source>rolling percentile</source>
      <translation>percentile glissant</translation>
    </message>
    <message>
      <source>rolling_percentile</source>
      <translation>rolling_percentile</translation>
    </message>
    <message>
      <source>automatic threshold</source>
      <translation>seuil automatique</translation>
    </message>
    <message>
      <source>auto</source>
      <translation>auto</translation>
    </message>
    <message>
      <source>A threshold that follows the last minute or two of clean signal. It keeps the score steady and so hides learning: it is labelled.</source>
      <translation>Un seuil qui suit la dernière ou les deux dernières minutes de signal propre. Il maintient le score stable et masque ainsi l’apprentissage : il est marqué.</translation>
    </message>
    <message>
      <source>A stretch of training with feedback, usually two to five minutes of clean time.</source>
      <translation>Une période d’entraînement avec feedback, en général de deux à cinq minutes de temps propre.</translation>
    </message>
    <message>
      <source>sample</source>
      <translation>échantillon</translation>
    </message>
    <message>
      <source>sampling rate</source>
      <translation>fréquence d’échantillonnage</translation>
    </message>
    <message>
      <source>One number that the device measured; some hundreds come each second on every channel.</source>
      <translation>Un nombre mesuré par l’appareil ; il en vient quelques centaines par seconde sur chaque canal.</translation>
    </message>
    <message>
      <source>score</source>
      <translation>score</translation>
    </message>
    <message>
      <source>How often the conditions were met. Compare it only between sessions whose thresholds were made alike.</source>
      <translation>À quelle fréquence les conditions ont été remplies. À ne comparer qu’entre séances dont les seuils ont été faits de la même façon.</translation>
    </message>
    <message>
      <source>One visit: check, baseline, runs with rests between them, and the summary.</source>
      <translation>Une visite : vérification, ligne de base, séquences avec des repos entre elles, et le résumé.</translation>
    </message>
    <message>
      <source>settling</source>
      <translation>stabilisation</translation>
    </message>
    <message>
      <source>The first seconds, in which the filters fill and nothing can be told yet.</source>
      <translation>Les premières secondes, où les filtres se remplissent et où l’on ne peut encore rien dire.</translation>
    </message>
    <message>
      <source>sham</source>
      <translation>factice</translation>
    </message>
    <message>
      <source>Feedback that does not come from the person's trained signal, given without their knowing in studies, to see what expectancy alone does.</source>
      <translation>Un feedback qui ne vient pas du signal entraîné de la personne, donné à son insu dans des études, pour voir ce que font les attentes seules.</translation>
    </message>
    <message>
      <source>sidecar</source>
      <translation>fichier annexe</translation>
    </message>
    <message>
      <source>A small text file beside a recording that says how it was made.</source>
      <translation>Un petit fichier texte à côté d’un enregistrement, qui dit comment il a été fait.</translation>
    </message>
    <message>
      <source>site</source>
      <translation>site</translation>
    </message>
    <message>
      <source>A named place on the head in the 10-10 system: letters for the region, odd numbers left, even right, z the middle.</source>
      <translation>Un endroit nommé de la tête dans le système 10-10 : des lettres pour la région, impair à gauche, pair à droite, z au milieu.</translation>
    </message>
    <message>
      <source>Averaging over time, which steadies a number and makes it late by as much.</source>
      <translation>Une moyenne dans le temps, qui stabilise un nombre et le retarde d’autant.</translation>
    </message>
    <message>
      <source>sensorimotor rhythm</source>
      <translation>rythme sensorimoteur</translation>
    </message>
    <message>
      <source>Sensorimotor rhythm: 12 to 15 waves a second over the top of the head, strong while the body is still.</source>
      <translation>Rythme sensorimoteur : 12 à 15 ondes par seconde au sommet de la tête, fort quand le corps est immobile.</translation>
    </message>
    <message>
      <source>spectrogram</source>
      <translation>spectrogramme</translation>
    </message>
    <message>
      <source>The spectrum over time, strength shown as colour.</source>
      <translation>Le spectre au fil du temps, la force montrée en couleur.</translation>
    </message>
    <message>
      <source>spectrum</source>
      <translation>spectre</translation>
    </message>
    <message>
      <source>How strong each frequency is in a stretch of signal.</source>
      <translation>La force de chaque fréquence dans un passage de signal.</translation>
    </message>
    <message>
      <source>stage</source>
      <translation>étape</translation>
    </message>
    <message>
      <source>A part of a session: check, baseline, run, rest or transfer.</source>
      <translation>Une partie d’une séance : vérification, ligne de base, séquence, repos ou transfert.</translation>
    </message>
    <message>
      <source>staircase</source>
      <translation>escalier</translation>
    </message>
    <message>
      <source>A threshold that goes up a little after success and down a little after none. It keeps the score steady and so hides learning: it is labelled.</source>
      <translation>Un seuil qui monte un peu après une réussite et descend un peu sans réussite. Il maintient le score stable et masque ainsi l’apprentissage : il est marqué.</translation>
    </message>
    <message>
      <source>The share of time in range that a threshold is made for, 65 % by default.</source>
      <translation>La part du temps dans la cible pour laquelle un seuil est fait, 65 % par défaut.</translation>
    </message>
    <message>
      <source>The rhythm of 4 to 8 waves a second: near sleep, and over the middle of the front while one holds something in mind.</source>
      <translation>Le rythme de 4 à 8 ondes par seconde : près du sommeil, et au milieu de l’avant de la tête quand on garde quelque chose à l’esprit.</translation>
    </message>
    <message>
      <source>The value that a feature has to pass. By default it is taken from the clean baseline and then stays.</source>
      <translation>La valeur qu’un indice doit franchir. Par défaut, elle est prise de la ligne de base propre et reste ensuite.</translation>
    </message>
    <message>
      <source>transfer run</source>
      <translation>séquence de transfert</translation>
    </message>
    <message>
      <source>A run without feedback: can it be done without help?</source>
      <translation>Une séquence sans feedback : est-ce possible sans aide ?</translation>
    </message>
    <message>
      <source>The faster part of alpha: from a person's alpha peak to 2 Hz above it.</source>
      <translation>La partie rapide d’alpha : du pic alpha de la personne à 2 Hz au-dessus.</translation>
    </message>
    <message>
      <source>Time that counts: clean, in contact, and not paused. The clocks of baseline and runs count it.</source>
      <translation>Le temps qui compte : propre, en contact, et hors pause. Les horloges de la ligne de base et des séquences le comptent.</translation>
    </message>
    <message>
      <source>wiener</source>
      <translation>wiener</translation>
    </message>
    <message>
      <source>The usual way here to estimate a band's amplitude: a complex filter that leaves the least error for a person's own spectrum at the chosen delay.</source>
      <translation>La manière habituelle ici d’estimer l’amplitude d’une bande : un filtre complexe qui laisse le moins d’erreur pour le spectre de la personne au délai choisi.</translation>
    </message>
    <message>
      <source>{names} is above its threshold</source>
      <translation>{names} est au-dessus de son seuil</translation>
    </message>
    <message>
      <source>{names} are above their thresholds</source>
      <translation>{names} sont au-dessus de leurs seuils</translation>
    </message>
    <message>
      <source>{names} is below its threshold</source>
      <translation>{names} est au-dessous de son seuil</translation>
    </message>
    <message>
      <source>{names} are below their thresholds</source>
      <translation>{names} sont au-dessous de leurs seuils</translation>
    </message>
    <message>
      <source>{names} stays above its threshold</source>
      <translation>{names} reste au-dessus de son seuil</translation>
    </message>
    <message>
      <source>{names} stay above their thresholds</source>
      <translation>{names} restent au-dessus de leurs seuils</translation>
    </message>
    <message>
      <source>{names} stay above theirs</source>
      <translation>{names} restent au-dessus des leurs</translation>
    </message>
    <message>
      <source>{names} stays below its threshold</source>
      <translation>{names} reste au-dessous de son seuil</translation>
    </message>
    <message>
      <source>{names} stay below their thresholds</source>
      <translation>{names} restent au-dessous de leurs seuils</translation>
    </message>
    <message>
      <source>{names} stay below theirs</source>
      <translation>{names} restent au-dessous des leurs</translation>
    </message>
    <message>
      <source>{names} is above {value}</source>
      <translation>{names} est au-dessus de {value}</translation>
    </message>
    <message>
      <source>{names} are above {value}</source>
      <translation>{names} sont au-dessus de {value}</translation>
    </message>
    <message>
      <source>{names} is below {value}</source>
      <translation>{names} est au-dessous de {value}</translation>
    </message>
    <message>
      <source>{names} are below {value}</source>
      <translation>{names} sont au-dessous de {value}</translation>
    </message>
    <message>
      <source>{names} stays above {value}</source>
      <translation>{names} reste au-dessus de {value}</translation>
    </message>
    <message>
      <source>{names} stay above {value}</source>
      <translation>{names} restent au-dessus de {value}</translation>
    </message>
    <message>
      <source>{names} stays below {value}</source>
      <translation>{names} reste au-dessous de {value}</translation>
    </message>
    <message>
      <source>{names} stay below {value}</source>
      <translation>{names} restent au-dessous de {value}</translation>
    </message>
    <message>
      <source>the coherence of {band}</source>
      <translation>la cohérence dans la bande {band}</translation>
    </message>
    <message>
      <source>the imaginary coherence of {band}</source>
      <translation>la cohérence imaginaire dans la bande {band}</translation>
    </message>
    <message>
      <source>the phase locking of {band}</source>
      <translation>le verrouillage de phase dans la bande {band}</translation>
    </message>
    <message>
      <source>gamma</source>
      <translation>gamma</translation>
    </message>
    <message>
      <source>slow activity</source>
      <translation>activité lente</translation>
    </message>
    <message>
      <source>activity</source>
      <translation>activité</translation>
    </message>
  </context>
</TS>
