<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
  <context>
    <name>nfb</name>
    <message>
      <source>{new} for {old}</source>
      <translation>{new} für {old}</translation>
    </message>
    <message>
      <source>Reward when {conditions}.</source>
      <translation>Belohnt wird, wenn {conditions}.</translation>
    </message>
    <message>
      <source>{sentence} Adapted: {sites}.</source>
      <translation>{sentence} Angepasst: {sites}.</translation>
    </message>
    <message>
      <source>{first}; then when {then}</source>
      <translation>{first}; danach, wenn {then}</translation>
    </message>
    <message>
      <source>{first}; then, with eyes closed, when {then}</source>
      <translation>{first}; danach, mit geschlossenen Augen, wenn {then}</translation>
    </message>
    <message>
      <source>{first}; then, with eyes open, when {then}</source>
      <translation>{first}; danach, mit offenen Augen, wenn {then}</translation>
    </message>
    <message>
      <source>{rewards} while {inhibits}</source>
      <translation>{rewards}, während {inhibits}</translation>
    </message>
    <message>
      <source>the ratio of the power of {top} to the power of {bottom}</source>
      <translation>das Verhältnis der Leistung von {top} zur Leistung von {bottom}</translation>
    </message>
    <message>
      <source>the ratio of {top} to {bottom}</source>
      <translation>das Verhältnis von {top} zu {bottom}</translation>
    </message>
    <message>
      <source>{what} at {sites} relative to {left_sites}</source>
      <translation>{what} an {sites} im Vergleich zu {left_sites}</translation>
    </message>
    <message>
      <source>{what} between {sites}</source>
      <translation>{what} zwischen {sites}</translation>
    </message>
    <message>
      <source>{what} at {sites}</source>
      <translation>{what} an {sites}</translation>
    </message>
    <message>
      <source>the share of {band} in {low}–{high} Hz</source>
      <translation>der Anteil von {band} an {low}–{high} Hz</translation>
    </message>
    <message>
      <source>the power of {band}</source>
      <translation>die Leistung von {band}</translation>
    </message>
    <message>
      <source>{band}, or from the alpha peak to {high} Hz above it</source>
      <translation>{band}, oder von der Alphaspitze bis {high} Hz darüber</translation>
    </message>
    <message>
      <source>{band}, or from {low} to {high} Hz above the alpha peak</source>
      <translation>{band}, oder von {low} bis {high} Hz über der Alphaspitze</translation>
    </message>
    <message>
      <source>{band}, or from {low} Hz below the alpha peak up to it</source>
      <translation>{band}, oder von {low} Hz unter der Alphaspitze bis zu ihr</translation>
    </message>
    <message>
      <source>{band}, or from {low} to {high} Hz below the alpha peak</source>
      <translation>{band}, oder von {low} bis {high} Hz unter der Alphaspitze</translation>
    </message>
    <message>
      <source>{band}, or from {low} Hz below the alpha peak to {high} Hz above it</source>
      <translation>{band}, oder von {low} Hz unter der Alphaspitze bis {high} Hz darüber</translation>
    </message>
    <message>
      <source>{words} and {last}</source>
      <translation>{words} und {last}</translation>
    </message>
    <message>
      <source>own symptom</source>
      <translation>eigenes Symptom</translation>
    </message>
    <message>
      <source>yes</source>
      <translation>ja</translation>
    </message>
    <message>
      <source>no</source>
      <translation>nein</translation>
    </message>
    <message>
      <source>asked, none</source>
      <translation>gefragt, keine</translation>
    </message>
    <message>
      <source>{feature} and threshold over the session</source>
      <translation>{feature} und Schwelle über die Sitzung</translation>
    </message>
    <message>
      <source>Line: mean {feature} of every 2 s of clean EEG over {minutes} minutes. Dashed: threshold. Grey: breaks. Hatched: held for artefacts, {n} stretches. Gaps are left open.</source>
      <translation>Linie: Mittel von {feature} je 2 s sauberes EEG über {minutes} Minuten. Gestrichelt: Schwelle. Grau: Pausen. Schraffiert: wegen Artefakten angehalten, {n} Abschnitte. Lücken bleiben offen.</translation>
    </message>
    <message>
      <source>threshold</source>
      <translation>Schwelle</translation>
    </message>
    <message>
      <source>held (artefact)</source>
      <translation>angehalten (Artefakt)</translation>
    </message>
    <message>
      <source>break</source>
      <translation>Pause</translation>
    </message>
    <message>
      <source>minutes</source>
      <translation>Minuten</translation>
    </message>
    <message>
      <source>Share of valid time in range: {shares}.</source>
      <translation>Anteil der gültigen Zeit im Zielbereich: {shares}.</translation>
    </message>
    <message>
      <source>no run</source>
      <translation>kein Durchgang</translation>
    </message>
    <message>
      <source>Time in range per run</source>
      <translation>Zeit im Zielbereich je Durchgang</translation>
    </message>
    <message>
      <source>in range, % of valid time</source>
      <translation>im Zielbereich, % der gültigen Zeit</translation>
    </message>
    <message>
      <source>in the baseline {share}</source>
      <translation>in der Ruhemessung {share}</translation>
    </message>
    <message>
      <source>run</source>
      <translation>Durchgang</translation>
    </message>
    <message>
      <source>Spectrum at the beginning and at the end</source>
      <translation>Spektrum am Anfang und am Ende</translation>
    </message>
    <message>
      <source>Dashed: {before}, {n_before} windows. Solid: {after}, {n_after} windows. 2 to 40 hertz, logarithmic. Snapshot, read with care.</source>
      <translation>Gestrichelt: {before}, {n_before} Fenster. Durchgezogen: {after}, {n_after} Fenster. 2 bis 40 Hertz, logarithmisch. Momentaufnahme, mit Vorsicht zu lesen.</translation>
    </message>
    <message>
      <source>power density, µV²/Hz</source>
      <translation>Leistungsdichte, µV²/Hz</translation>
    </message>
    <message>
      <source>{time} in {runs}. The clock stood still while you blinked or moved.</source>
      <translation>{runs}, insgesamt {time}. Die Uhr stand still, während Sie blinzelten oder sich bewegten.</translation>
    </message>
    <message>
      <source>How much of the training time the rhythm was in range, run by run. The line shows how surely that is known. More is not better health; it is what you practised.</source>
      <translation>Wie viel der Trainingszeit der Rhythmus im Zielbereich war, Durchgang für Durchgang. Die Linie zeigt, wie sicher das bekannt ist. Mehr ist nicht bessere Gesundheit; es ist das, was Sie geübt haben.</translation>
    </message>
    <message>
      <source>You practised shifting the balance between the left and the right side of a brain rhythm.</source>
      <translation>Sie haben geübt, das Gleichgewicht eines Hirnrhythmus zwischen der linken und der rechten Seite zu verschieben.</translation>
    </message>
    <message>
      <source>You practised letting the balance of two brain rhythms ({name}) rise.</source>
      <translation>Sie haben geübt, das Verhältnis zweier Hirnrhythmen ({name}) steigen zu lassen.</translation>
    </message>
    <message>
      <source>You practised letting the balance of two brain rhythms ({name}) fall.</source>
      <translation>Sie haben geübt, das Verhältnis zweier Hirnrhythmen ({name}) sinken zu lassen.</translation>
    </message>
    <message>
      <source> and </source>
      <translation> und </translation>
    </message>
    <message>
      <source>You practised letting a brain rhythm called {name} ({band}, at {sites}) become stronger. Each time it was, the program told you at once.</source>
      <translation>Sie haben geübt, einen Hirnrhythmus namens {name} ({band}, an {sites}) stärker werden zu lassen. Jedes Mal, wenn er es war, sagte es Ihnen das Programm sofort.</translation>
    </message>
    <message>
      <source>You practised letting a brain rhythm called {name} ({band}, at {sites}) become calmer. Each time it was, the program told you at once.</source>
      <translation>Sie haben geübt, einen Hirnrhythmus namens {name} ({band}, an {sites}) ruhiger werden zu lassen. Jedes Mal, wenn er es war, sagte es Ihnen das Programm sofort.</translation>
    </message>
    <message>
      <source>session number</source>
      <translation>Sitzungsnummer</translation>
    </message>
    <message>
      <source>date</source>
      <translation>Datum</translation>
    </message>
    <message>
      <source>No treatments shown.</source>
      <translation>Keine Behandlungen gezeigt.</translation>
    </message>
    <message>
      <source>Treatments: {treatments}.</source>
      <translation>Behandlungen: {treatments}.</translation>
    </message>
    <message>
      <source>The course over time</source>
      <translation>Der Verlauf über die Zeit</translation>
    </message>
    <message>
      <source>One chart each on a common axis of {axis}: {charts}.</source>
      <translation>Je ein Diagramm auf gemeinsamer Achse ({axis}): {charts}.</translation>
    </message>
    <message>
      <source>other treatment, as told</source>
      <translation>andere Behandlung, laut Angabe</translation>
    </message>
    <message>
      <source>{treatment} (goes on)</source>
      <translation>{treatment} (dauert an)</translation>
    </message>
    <message>
      <source>no values</source>
      <translation>keine Werte</translation>
    </message>
    <message>
      <source>From means over clean time on a logarithmic scale.</source>
      <translation>Aus Mittelwerten über die saubere Zeit auf logarithmischer Skala.</translation>
    </message>
    <message>
      <source>From means over clean time.</source>
      <translation>Aus Mittelwerten über die saubere Zeit.</translation>
    </message>
    <message>
      <source>{first} to {last}</source>
      <translation>{first} bis {last}</translation>
    </message>
    <message>
      <source>Slopes: Theil–Sen.</source>
      <translation>Steigungen: Theil–Sen.</translation>
    </message>
    <message>
      <source>[ ]: 95 % interval.</source>
      <translation>[ ]: 95-%-Intervall.</translation>
    </message>
    <message>
      <source>No.</source>
      <translation>Nr.</translation>
    </message>
    <message>
      <source>valid time</source>
      <translation>gültige Zeit</translation>
    </message>
    <message>
      <source>clean</source>
      <translation>sauber</translation>
    </message>
    <message>
      <source>baseline</source>
      <translation>Ruhemessung (Baseline)</translation>
    </message>
    <message>
      <source>above fixed limit</source>
      <translation>über fester Grenze</translation>
    </message>
    <message>
      <source>in range</source>
      <translation>im Zielbereich</translation>
    </message>
    <message>
      <source>Dots: one session or visit each; bars: 95 % interval; rings, dashed: the rest before. What is missing is left open and not joined. Shaded bars: other treatment, with dotted lines at its begin and end.</source>
      <translation>Punkte: je eine Sitzung oder ein Termin; Striche: 95-%-Intervall; Ringe, gestrichelt: die Ruhe davor. Was fehlt, bleibt offen und wird nicht verbunden. Graue Balken: andere Behandlung, mit punktierten Linien an Beginn und Ende.</translation>
    </message>
    <message>
      <source>The last {shown} of {n} sessions.</source>
      <translation>Die letzten {shown} von {n} Sitzungen.</translation>
    </message>
    <message>
      <source>[ ]: 95 % interval by block bootstrap over 5-s chunks. Above fixed limit: share of clean training time beyond the {percentile}th percentile of the first session's baseline, whatever the thresholds were.</source>
      <translation>[ ]: 95-%-Intervall durch Block-Bootstrap über Abschnitte von 5 s. Über fester Grenze: Anteil der sauberen Trainingszeit jenseits des {percentile}. Perzentils der Ruhemessung der ersten Sitzung, unabhängig von den Schwellen.</translation>
    </message>
    <message>
      <source>In range: under each session's own thresholds; these were automatic, so it says nothing about learning.</source>
      <translation>Im Zielbereich: unter den eigenen Schwellen jeder Sitzung; diese waren automatisch, deshalb sagt es nichts über das Lernen.</translation>
    </message>
    <message>
      <source>In range: under each session's own thresholds.</source>
      <translation>Im Zielbereich: unter den eigenen Schwellen jeder Sitzung.</translation>
    </message>
    <message>
      <source>{n} (no plan recorded)</source>
      <translation>{n} (kein Plan erfasst)</translation>
    </message>
    <message>
      <source>{n} of {planned} planned ({share})</source>
      <translation>{n} von {planned} geplanten ({share})</translation>
    </message>
    <message>
      <source>{name} (version {n})</source>
      <translation>{name} (Version {n})</translation>
    </message>
    <message>
      <source>{time} valid, {share} of training time clean</source>
      <translation>{time} gültig, {share} der Trainingszeit sauber</translation>
    </message>
    <message>
      <source>Done</source>
      <translation>Erledigt</translation>
    </message>
    <message>
      <source>Adherence</source>
      <translation>Regelmäßigkeit</translation>
    </message>
    <message>
      <source>Protocol</source>
      <translation>Protokoll</translation>
    </message>
    <message>
      <source>Time trained</source>
      <translation>Trainierte Zeit</translation>
    </message>
    <message>
      <source>all within {days}</source>
      <translation>Zeitraum insgesamt {days}</translation>
    </message>
    <message>
      <source>{per_week} sessions per week over {weeks}; longest pause {days}</source>
      <translation>{per_week} Sitzungen pro Woche über {weeks}; längste Pause {days}</translation>
    </message>
    <message>
      <source>{n} week</source>
      <translation>{n} Woche</translation>
    </message>
    <message>
      <source>{n} weeks</source>
      <translation>{n} Wochen</translation>
    </message>
    <message>
      <source>{n} day</source>
      <translation>{n} Tag</translation>
    </message>
    <message>
      <source>{n} days</source>
      <translation>{n} Tage</translation>
    </message>
    <message>
      <source>Learner: the trained signal changed the trained way</source>
      <translation>Gelernt: Das trainierte Signal änderte sich in die trainierte Richtung</translation>
    </message>
    <message>
      <source>Learning: not shown</source>
      <translation>Lernen: nicht gezeigt</translation>
    </message>
    <message>
      <source>Learning: too few sessions to tell</source>
      <translation>Lernen: zu wenige Sitzungen für eine Aussage</translation>
    </message>
    <message>
      <source>“Learner” is said only if the 95 % intervals of the change within sessions and of that across sessions both lie on the trained side of 0, over at least {n} sessions with at least {share} clean training time.</source>
      <translation>„Gelernt“ wird nur gesagt, wenn die 95-%-Intervalle der Änderung innerhalb der Sitzungen und über die Sitzungen beide auf der trainierten Seite von 0 liegen, über mindestens {n} Sitzungen mit mindestens {share} sauberer Trainingszeit.</translation>
    </message>
    <message>
      <source>There is no generally agreed definition.</source>
      <translation>Eine allgemein anerkannte Definition gibt es nicht.</translation>
    </message>
    <message>
      <source>“Not shown” does not mean that nothing was learned; many people's signals do not change.</source>
      <translation>„Nicht gezeigt“ heißt nicht, dass nichts gelernt wurde; bei vielen Menschen ändern sich die Signale nicht.</translation>
    </message>
    <message>
      <source>too few (n = {n}; needs {needed})</source>
      <translation>zu wenige (n = {n}; nötig sind {needed})</translation>
    </message>
    <message>
      <source>{change} per session, n = {n} sessions</source>
      <translation>{change} pro Sitzung, n = {n} Sitzungen</translation>
    </message>
    <message>
      <source>{points} [{low}, {high}] percentage points per session, n = {n} sessions</source>
      <translation>{points} [{low}, {high}] Prozentpunkte pro Sitzung, n = {n} Sitzungen</translation>
    </message>
    <message>
      <source>{change} per run, n = {sessions}</source>
      <translation>{change} pro Durchgang, n = {sessions}</translation>
    </message>
    <message>
      <source>Above fixed limit</source>
      <translation>Über fester Grenze</translation>
    </message>
    <message>
      <source>Across sessions</source>
      <translation>Über die Sitzungen</translation>
    </message>
    <message>
      <source>Baselines</source>
      <translation>Ruhemessungen</translation>
    </message>
    <message>
      <source>Within sessions</source>
      <translation>Innerhalb der Sitzungen</translation>
    </message>
    <message>
      <source>For lack of room not drawn: {names}.</source>
      <translation>Aus Platzgründen nicht gezeichnet: {names}.</translation>
    </message>
    <message>
      <source>{feature}: training (dots) and rest before (rings)</source>
      <translation>{feature}: Training (Punkte) und Ruhe davor (Ringe)</translation>
    </message>
    <message>
      <source>time above the first baseline's fixed limit, % of clean training time</source>
      <translation>Zeit über der festen Grenze der ersten Ruhemessung, % der sauberen Trainingszeit</translation>
    </message>
    <message>
      <source>clean, % of training time</source>
      <translation>sauber, % der Trainingszeit</translation>
    </message>
    <message>
      <source>{n} change</source>
      <translation>{n} Änderung</translation>
    </message>
    <message>
      <source>{n} changes</source>
      <translation>{n} Änderungen</translation>
    </message>
    <message>
      <source>en</source>
      <translation>de</translation>
    </message>
    <message>
      <source>This sheet is in English, as is the checklist, because it goes with a scientific publication.</source>
      <translation>Dieses Blatt ist wie die Checkliste auf Englisch, weil es zu einer wissenschaftlichen Veröffentlichung gehört.</translation>
    </message>
    <message>
      <source>{ms} ms (as declared)</source>
      <translation>{ms} ms (laut Angabe)</translation>
    </message>
    <message>
      <source>not known</source>
      <translation>nicht bekannt</translation>
    </message>
    <message>
      <source>electrode to computer {link} + burst {burst} ms + hop {hop} ms + filters {filters} ms = {total} ms</source>
      <translation>Elektrode bis Computer {link} + Paket {burst} ms + Schritt {hop} ms + Filter {filters} ms = {total} ms</translation>
    </message>
    <message>
      <source>decision {time} after arrival</source>
      <translation>Entscheidung {time} nach dem Eintreffen</translation>
    </message>
    <message>
      <source>on the screen {time} after the decision</source>
      <translation>auf dem Bildschirm {time} nach der Entscheidung</translation>
    </message>
    <message>
      <source>in the sound {time} after the decision</source>
      <translation>im Ton {time} nach der Entscheidung</translation>
    </message>
    <message>
      <source>whole loop {time}</source>
      <translation>ganze Schleife {time}</translation>
    </message>
    <message>
      <source>{median} ms (95th percentile {p95} ms)</source>
      <translation>{median} ms (95. Perzentil {p95} ms)</translation>
    </message>
    <message>
      <source>Stage</source>
      <translation>Abschnitt</translation>
    </message>
    <message>
      <source>held</source>
      <translation>Halt</translation>
    </message>
    <message>
      <source>mean {feature}</source>
      <translation>Mittel {feature}</translation>
    </message>
    <message>
      <source>set by</source>
      <translation>gesetzt durch</translation>
    </message>
    <message>
      <source>rewards</source>
      <translation>Belohnungen</translation>
    </message>
    <message>
      <source>[ ]: 95 % interval by block bootstrap over 5-s chunks (n = valid time ÷ 5 s). Means over clean time. Threshold: at the start → at the end of the stage.</source>
      <translation>[ ]: 95-%-Intervall durch Block-Bootstrap über Abschnitte von 5 s (n = gültige Zeit ÷ 5 s). Mittelwerte über die saubere Zeit. Schwelle: am Anfang → am Ende des Abschnitts.</translation>
    </message>
    <message>
      <source>A. {feature} and its threshold, means of 2 s. Left open: held, or samples lost.</source>
      <translation>A. {feature} und seine Schwelle, Mittel über 2 s. Offen: angehalten oder verlorene Werte.</translation>
    </message>
    <message>
      <source>No clean windows for a spectrum.</source>
      <translation>Keine sauberen Fenster für ein Spektrum.</translation>
    </message>
    <message>
      <source>B. Time in range per run, of valid time, with 95 % interval. C. Spectrum at the trained sites, n clean windows of 2 s.</source>
      <translation>B. Zeit im Zielbereich je Durchgang, von der gültigen Zeit, mit 95-%-Intervall. C. Spektrum der trainierten Orte, n saubere Fenster von 2 s.</translation>
    </message>
    <message>
      <source>Electrode</source>
      <translation>Elektrode</translation>
    </message>
    <message>
      <source>contact good</source>
      <translation>Kontakt gut</translation>
    </message>
    <message>
      <source>otherwise</source>
      <translation>sonst</translation>
    </message>
    <message>
      <source>Share of looks of 4 s, one every 20 s.</source>
      <translation>Anteil der Prüfungen von je 4 s, eine alle 20 s.</translation>
    </message>
    <message>
      <source>Geometric means of clean time.</source>
      <translation>Geometrische Mittel der sauberen Zeit.</translation>
    </message>
    <message>
      <source>Means of clean time.</source>
      <translation>Mittelwerte der sauberen Zeit.</translation>
    </message>
    <message>
      <source>mean of {sites}</source>
      <translation>Mittel von {sites}</translation>
    </message>
    <message>
      <source>average</source>
      <translation>Mittel aller</translation>
    </message>
    <message>
      <source>{n} channel</source>
      <translation>{n} Kanal</translation>
    </message>
    <message>
      <source>{n} channels</source>
      <translation>{n} Kanäle</translation>
    </message>
    <message>
      <source>Client</source>
      <translation>Klient</translation>
    </message>
    <message>
      <source>Clinician</source>
      <translation>Fachperson</translation>
    </message>
    <message>
      <source>not recorded</source>
      <translation>nicht erfasst</translation>
    </message>
    <message>
      <source>Device</source>
      <translation>Gerät</translation>
    </message>
    <message>
      <source>Program</source>
      <translation>Programm</translation>
    </message>
    <message>
      <source>{name} ({id}, version {n})</source>
      <translation>{name} ({id}, Version {n})</translation>
    </message>
    <message>
      <source>Sites and reference</source>
      <translation>Orte und Referenz</translation>
    </message>
    <message>
      <source>{sites}; reference {reference}</source>
      <translation>{sites}; Referenz {reference}</translation>
    </message>
    <message>
      <source>Adapted</source>
      <translation>Angepasst</translation>
    </message>
    <message>
      <source>Delay of the feedback</source>
      <translation>Verzögerung des Feedbacks</translation>
    </message>
    <message>
      <source>No gaps.</source>
      <translation>Keine Lücken.</translation>
    </message>
    <message>
      <source>{gaps}, {seconds} s of samples lost.</source>
      <translation>{gaps}, {seconds} s an Werten verloren.</translation>
    </message>
    <message>
      <source>{n} gap</source>
      <translation>{n} Lücke</translation>
    </message>
    <message>
      <source>{n} gaps</source>
      <translation>{n} Lücken</translation>
    </message>
    <message>
      <source>Clean: {clean} of {time} measured. Held: {held} of it; by cause, over the whole session: {causes}.</source>
      <translation>Sauber: {clean} von gemessenen {time}. Angehalten: {held} davon; nach Ursache, über die ganze Sitzung: {causes}.</translation>
    </message>
    <message>
      <source>nothing</source>
      <translation>nichts</translation>
    </message>
    <message>
      <source>{share}, n = {n} looks</source>
      <translation>{share}, n = {n} Prüfungen</translation>
    </message>
    <message>
      <source>{share}, n = {n} looks each</source>
      <translation>{share}, n = {n} Prüfungen je Ort</translation>
    </message>
    <message>
      <source>{n} other</source>
      <translation>{n} weitere</translation>
    </message>
    <message>
      <source>{n} others</source>
      <translation>{n} weitere</translation>
    </message>
    <message>
      <source>chunks of 5 s</source>
      <translation>Abschnitte von 5 s</translation>
    </message>
    <message>
      <source>not measured</source>
      <translation>nicht gemessen</translation>
    </message>
    <message>
      <source>Per run</source>
      <translation>Pro Durchgang</translation>
    </message>
    <message>
      <source>{change}: {trend}, n = {runs}</source>
      <translation>{change}: {trend}, n = {runs}</translation>
    </message>
    <message>
      <source>Last third − first</source>
      <translation>Letztes Drittel − erstes</translation>
    </message>
    <message>
      <source>Runs − baseline</source>
      <translation>Durchgänge − Ruhemessung</translation>
    </message>
    <message>
      <source>Rest after − before</source>
      <translation>Ruhe danach − davor</translation>
    </message>
    <message>
      <source>Without feedback</source>
      <translation>Ohne Feedback</translation>
    </message>
    <message>
      <source>Episodes</source>
      <translation>Episoden</translation>
    </message>
    <message>
      <source>{rate} per min beyond the baseline's {percentile}th percentile (n = {n}); median {length} at {level} (n = {n_whole} seen whole)</source>
      <translation>{rate} pro min jenseits des {percentile}. Perzentils der Ruhemessung (n = {n}); Median {length} bei {level} (n = {n_whole} ganz gesehen)</translation>
    </message>
    <message>
      <source>With muscle</source>
      <translation>Mit Muskel</translation>
    </message>
    <message>
      <source>muscle activity (30–45 Hz)</source>
      <translation>Muskelaktivität (30–45 Hz)</translation>
    </message>
    <message>
      <source>With slow waves</source>
      <translation>Mit langsamen Wellen</translation>
    </message>
    <message>
      <source>slow movement (1–4 Hz)</source>
      <translation>langsame Bewegung (1–4 Hz)</translation>
    </message>
    <message>
      <source>partial ρ = {rho} [{low}, {high}], n = {n} chunks of 5 s</source>
      <translation>partielles ρ = {rho} [{low}, {high}], n = {n} Abschnitte von 5 s</translation>
    </message>
    <message>
      <source>{figures}: changes went along with {what}, read with care</source>
      <translation>{figures}: Änderungen gingen mit {what} einher, mit Vorsicht zu lesen</translation>
    </message>
    <message>
      <source>Automatic thresholds: they hold the share in range where it is, so it says nothing about learning.</source>
      <translation>Automatische Schwellen: Sie halten den Anteil im Zielbereich, wo er ist; er sagt deshalb nichts über das Lernen.</translation>
    </message>
    <message>
      <source>{name} (version {n}).</source>
      <translation>{name} (Version {n}).</translation>
    </message>
    <message>
      <source>{runs}, {time} of clean training, {share} in range, clean {clean}.</source>
      <translation>{runs}, {time} sauberes Training, {share} im Zielbereich, sauber {clean}.</translation>
    </message>
    <message>
      <source>Held: {causes}.</source>
      <translation>Angehalten: {causes}.</translation>
    </message>
    <message>
      <source>Ended: {reason}.</source>
      <translation>Ende: {reason}.</translation>
    </message>
    <message>
      <source>Threshold of {feature} {value}</source>
      <translation>Schwelle von {feature} {value}</translation>
    </message>
    <message>
      <source>{n} threshold change</source>
      <translation>{n} Schwellenänderung</translation>
    </message>
    <message>
      <source>{n} threshold changes</source>
      <translation>{n} Schwellenänderungen</translation>
    </message>
    <message>
      <source>{n} run</source>
      <translation>{n} Durchgang</translation>
    </message>
    <message>
      <source>{n} runs</source>
      <translation>{n} Durchgänge</translation>
    </message>
    <message>
      <source>{n} session</source>
      <translation>{n} Sitzung</translation>
    </message>
    <message>
      <source>{n} sessions</source>
      <translation>{n} Sitzungen</translation>
    </message>
    <message>
      <source>{cause} {seconds} s</source>
      <translation>{cause} {seconds} s</translation>
    </message>
    <message>
      <source>Paused: the signal needs attention. {advice}</source>
      <translation>Pausiert: Das Signal braucht Aufmerksamkeit. {advice}</translation>
    </message>
    <message>
      <source>In range {share} for a minute. {change}</source>
      <translation>Eine Minute lang {share} im Zielbereich. {change}</translation>
    </message>
    <message>
      <source>Apply</source>
      <translation>Anwenden</translation>
    </message>
    <message>
      <source>many blinks: dim the light, rest the eyes</source>
      <translation>häufiges Blinzeln: Licht dämpfen, Augen ausruhen</translation>
    </message>
    <message>
      <source>drowsy: sit up, or a break</source>
      <translation>schläfrig: aufsetzen oder eine Pause</translation>
    </message>
    <message>
      <source>The thresholds would stay.</source>
      <translation>Die Schwellen blieben unverändert.</translation>
    </message>
    <message>
      <source>{moves} would have given {share}.</source>
      <translation>Mit {moves} wären es {share} gewesen.</translation>
    </message>
    <message>
      <source>Getting ready …</source>
      <translation>Wird vorbereitet …</translation>
    </message>
    <message>
      <source>{why} {bed} is played instead.</source>
      <translation>{why} Stattdessen läuft: {bed}.</translation>
    </message>
    <message>
      <source>the system's sound library is missing (Debian: libpulse0, Fedora: pulseaudio-libs)</source>
      <translation>die Tonbibliothek des Systems fehlt (Debian: libpulse0, Fedora: pulseaudio-libs)</translation>
    </message>
    <message>
      <source>the chosen sound device is not there</source>
      <translation>das gewählte Tongerät ist nicht vorhanden</translation>
    </message>
    <message>
      <source>no sound device</source>
      <translation>kein Tongerät</translation>
    </message>
    <message>
      <source>{device} takes no sound</source>
      <translation>{device} nimmt keinen Ton an</translation>
    </message>
    <message>
      <source>{device} does not play 48 kHz stereo</source>
      <translation>{device} gibt 48 kHz Stereo nicht wieder</translation>
    </message>
    <message>
      <source>The sound goes on through {device}.</source>
      <translation>Der Ton läuft über {device} weiter.</translation>
    </message>
    <message>
      <source>{device} was found: there is sound again.</source>
      <translation>{device} wurde gefunden: Der Ton ist wieder da.</translation>
    </message>
    <message>
      <source>The sound device is gone: rewards are shown as a ring, and feedback goes on.</source>
      <translation>Das Tongerät ist nicht mehr da: Belohnungen erscheinen als Ring, das Feedback läuft weiter.</translation>
    </message>
    <message>
      <source>{name}: there is no such file.</source>
      <translation>{name}: Diese Datei gibt es nicht.</translation>
    </message>
    <message>
      <source>{name} cannot be played: no sound came out of it.</source>
      <translation>{name} lässt sich nicht abspielen: Es kam kein Ton heraus.</translation>
    </message>
    <message>
      <source>{name} holds no sound.</source>
      <translation>{name} enthält keinen Ton.</translation>
    </message>
    <message>
      <source>{name} cannot be played: {why}.</source>
      <translation>{name} lässt sich nicht abspielen: {why}.</translation>
    </message>
    <message>
      <source>No sound bed</source>
      <translation>Kein Klangteppich</translation>
    </message>
    <message>
      <source>Rain</source>
      <translation>Regen</translation>
    </message>
    <message>
      <source>Ocean</source>
      <translation>Meer</translation>
    </message>
    <message>
      <source>Stream</source>
      <translation>Bach</translation>
    </message>
    <message>
      <source>Drone pads</source>
      <translation>Klangflächen</translation>
    </message>
    <message>
      <source>Own music</source>
      <translation>Eigene Musik</translation>
    </message>
    <message>
      <source>Alpha-theta: stream and ocean, two bells</source>
      <translation>Alpha-Theta: Bach und Meer, zwei Glocken</translation>
    </message>
    <message>
      <source>Singing bowl</source>
      <translation>Klangschale</translation>
    </message>
    <message>
      <source>Bell</source>
      <translation>Glocke</translation>
    </message>
    <message>
      <source>Wood block</source>
      <translation>Holzblock</translation>
    </message>
    <message>
      <source>Soft tone</source>
      <translation>Sanfter Ton</translation>
    </message>
    <message>
      <source>No chime</source>
      <translation>Kein Klang</translation>
    </message>
    <message>
      <source>Press a key when you are ready.</source>
      <translation>Drücken Sie eine Taste, wenn Sie bereit sind.</translation>
    </message>
    <message>
      <source>Just a moment.</source>
      <translation>Einen Moment, bitte.</translation>
    </message>
    <message>
      <source>We are checking the signal.</source>
      <translation>Wir prüfen das Signal.</translation>
    </message>
    <message>
      <source>Close your eyes and rest.</source>
      <translation>Schließen Sie die Augen und ruhen Sie sich aus.</translation>
    </message>
    <message>
      <source>Look ahead and rest.</source>
      <translation>Schauen Sie nach vorn und ruhen Sie sich aus.</translation>
    </message>
    <message>
      <source>Take a breath. Press a key when you are ready.</source>
      <translation>Atmen Sie in Ruhe durch. Drücken Sie eine Taste, wenn Sie bereit sind.</translation>
    </message>
    <message>
      <source>Take a breath.</source>
      <translation>Atmen Sie in Ruhe durch.</translation>
    </message>
    <message>
      <source>nfb client view</source>
      <translation>nfb Klientenansicht</translation>
    </message>
    <message>
      <source>What is shown</source>
      <translation>Was gezeigt wird</translation>
    </message>
    <message>
      <source>Export …</source>
      <translation>Exportieren …</translation>
    </message>
    <message>
      <source>Audit trail</source>
      <translation>Protokoll der Änderungen</translation>
    </message>
    <message>
      <source>Everything</source>
      <translation>Alles</translation>
    </message>
    <message>
      <source>When</source>
      <translation>Wann</translation>
    </message>
    <message>
      <source>Who</source>
      <translation>Wer</translation>
    </message>
    <message>
      <source>What was done</source>
      <translation>Was getan wurde</translation>
    </message>
    <message>
      <source>To what</source>
      <translation>Woran</translation>
    </message>
    <message>
      <source>Reason</source>
      <translation>Grund</translation>
    </message>
    <message>
      <source>What changed</source>
      <translation>Was sich änderte</translation>
    </message>
    <message>
      <source>one entry</source>
      <translation>ein Eintrag</translation>
    </message>
    <message>
      <source>{n} entries</source>
      <translation>{n} Einträge</translation>
    </message>
    <message>
      <source>erased</source>
      <translation>gelöscht</translation>
    </message>
    <message>
      <source>Export the audit trail</source>
      <translation>Protokoll der Änderungen exportieren</translation>
    </message>
    <message>
      <source>Written: {path}</source>
      <translation>Geschrieben: {path}</translation>
    </message>
    <message>
      <source>added</source>
      <translation>hinzugefügt</translation>
    </message>
    <message>
      <source>changed</source>
      <translation>geändert</translation>
    </message>
    <message>
      <source>removed</source>
      <translation>entfernt</translation>
    </message>
    <message>
      <source>moved to another client</source>
      <translation>zu anderem Klienten verschoben</translation>
    </message>
    <message>
      <source>noted</source>
      <translation>vermerkt</translation>
    </message>
    <message>
      <source>exported</source>
      <translation>exportiert</translation>
    </message>
    <message>
      <source>Safety contact</source>
      <translation>Sicherheitskontakt</translation>
    </message>
    <message>
      <source>Name and birth</source>
      <translation>Name und Geburt</translation>
    </message>
    <message>
      <source>Consent</source>
      <translation>Einwilligung</translation>
    </message>
    <message>
      <source>Plan</source>
      <translation>Plan</translation>
    </message>
    <message>
      <source>Goal</source>
      <translation>Ziel</translation>
    </message>
    <message>
      <source>Own item</source>
      <translation>Eigener Punkt</translation>
    </message>
    <message>
      <source>Rating</source>
      <translation>Bewertung</translation>
    </message>
    <message>
      <source>Scale</source>
      <translation>Skala</translation>
    </message>
    <message>
      <source>Treatment</source>
      <translation>Behandlung</translation>
    </message>
    <message>
      <source>Adverse effect</source>
      <translation>Nebenwirkung</translation>
    </message>
    <message>
      <source>Session</source>
      <translation>Sitzung</translation>
    </message>
    <message>
      <source>Note</source>
      <translation>Notiz</translation>
    </message>
    <message>
      <source>Amendment</source>
      <translation>Nachtrag</translation>
    </message>
    <message>
      <source>Intake screen</source>
      <translation>Aufnahmefragen</translation>
    </message>
    <message>
      <source>Acknowledgement</source>
      <translation>Kenntnisnahme</translation>
    </message>
    <message>
      <source>Override</source>
      <translation>Begründete Ausnahme</translation>
    </message>
    <message>
      <source>Appointment</source>
      <translation>Kalendertermin</translation>
    </message>
    <message>
      <source>Other</source>
      <translation>Anderes</translation>
    </message>
    <message>
      <source>Name (optional)</source>
      <translation>Name (freiwillig)</translation>
    </message>
    <message>
      <source>stays in this client book</source>
      <translation>bleibt in diesem Klientenbuch</translation>
    </message>
    <message>
      <source>Date of birth</source>
      <translation>Geburtsdatum</translation>
    </message>
    <message>
      <source>Contact</source>
      <translation>Kontakt</translation>
    </message>
    <message>
      <source>Hand</source>
      <translation>Hand</translation>
    </message>
    <message>
      <source>Flags</source>
      <translation>Hinweise</translation>
    </message>
    <message>
      <source>Remark on flags</source>
      <translation>Bemerkung zu Hinweisen</translation>
    </message>
    <message>
      <source>Code</source>
      <translation>Code</translation>
    </message>
    <message>
      <source>letters and digits, such as A031; no name</source>
      <translation>Buchstaben und Ziffern, etwa A031; kein Name</translation>
    </message>
    <message>
      <source>The code stands in file names, window titles and logs. The name is optional and stays in the client book.</source>
      <translation>Der Code steht in Dateinamen, Fenstertiteln und Protokolldateien. Der Name ist freiwillig und bleibt im Klientenbuch.</translation>
    </message>
    <message>
      <source>New client</source>
      <translation>Neuer Klient</translation>
    </message>
    <message>
      <source>Add client</source>
      <translation>Klient anlegen</translation>
    </message>
    <message>
      <source>Edit {client}</source>
      <translation>{client} bearbeiten</translation>
    </message>
    <message>
      <source>training</source>
      <translation>Training</translation>
    </message>
    <message>
      <source>use in research</source>
      <translation>Nutzung in der Forschung</translation>
    </message>
    <message>
      <source>sharing of recordings</source>
      <translation>Weitergabe von Aufzeichnungen</translation>
    </message>
    <message>
      <source>Version of the text</source>
      <translation>Fassung des Textes</translation>
    </message>
    <message>
      <source>Given on</source>
      <translation>Erteilt am</translation>
    </message>
    <message>
      <source>Agreed to</source>
      <translation>Zugestimmt zu</translation>
    </message>
    <message>
      <source>Taken by</source>
      <translation>Eingeholt von</translation>
    </message>
    <message>
      <source>Guardian, if under 18</source>
      <translation>Sorgeberechtigt, falls unter 18</translation>
    </message>
    <message>
      <source>Withdrawn on</source>
      <translation>Widerrufen am</translation>
    </message>
    <message>
      <source>not sure</source>
      <translation>nicht sicher</translation>
    </message>
    <message>
      <source>A clinician allows training with</source>
      <translation>Fachperson erlaubt Training bei</translation>
    </message>
    <message>
      <source>An answer of “not sure” counts as a yes. Some conditions stop training, or leave it to a clinician; what was confirmed is kept with name and reason.</source>
      <translation>Die Antwort „nicht sicher“ zählt als Ja. Manche Umstände schließen das Training aus oder überlassen es einer Fachperson; was bestätigt wurde, wird mit Name und Grund festgehalten.</translation>
    </message>
    <message>
      <source>booked</source>
      <translation>gebucht</translation>
    </message>
    <message>
      <source>done</source>
      <translation>erledigt</translation>
    </message>
    <message>
      <source>cancelled</source>
      <translation>abgesagt</translation>
    </message>
    <message>
      <source>missed</source>
      <translation>versäumt</translation>
    </message>
    <message>
      <source>Day</source>
      <translation>Tag</translation>
    </message>
    <message>
      <source>Begins at</source>
      <translation>Beginnt um</translation>
    </message>
    <message>
      <source>Minutes</source>
      <translation>Minuten</translation>
    </message>
    <message>
      <source>State</source>
      <translation>Status</translation>
    </message>
    <message>
      <source>Responsible person</source>
      <translation>Verantwortliche Person</translation>
    </message>
    <message>
      <source>Local crisis text</source>
      <translation>Örtlicher Krisentext</translation>
    </message>
    <message>
      <source>Emergency numbers</source>
      <translation>Notrufnummern</translation>
    </message>
    <message>
      <source>Scales that ask about thoughts of death or self-harm are offered once a responsible person and the crisis text are set. The client sees both if such an item is answered above “not at all”.</source>
      <translation>Skalen, die nach Gedanken an Tod oder Selbstverletzung fragen, werden angeboten, sobald eine verantwortliche Person und der Krisentext eingetragen sind. Der Klient sieht beides, wenn eine solche Frage mit mehr als „überhaupt nicht“ beantwortet wird.</translation>
    </message>
    <message>
      <source>Safety contact of this practice</source>
      <translation>Sicherheitskontakt dieser Praxis</translation>
    </message>
    <message>
      <source>e.g. asked for it</source>
      <translation>z. B. hat darum gebeten</translation>
    </message>
    <message>
      <source>Type the code {code}</source>
      <translation>Code {code} eingeben</translation>
    </message>
    <message>
      <source>Everything about this client leaves the client book and its copies; that and when they were erased stays. Recordings are files and are not deleted. This cannot be undone.</source>
      <translation>Alles zu diesem Klienten wird aus dem Klientenbuch und dessen Kopien entfernt; es bleibt, dass und wann gelöscht wurde. Aufzeichnungen sind Dateien und werden nicht gelöscht. Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
      <source>The typed code is not {code}. Nothing was erased.</source>
      <translation>Der eingegebene Code ist nicht {code}. Es wurde nichts gelöscht.</translation>
    </message>
    <message>
      <source>Erase {client}</source>
      <translation>{client} löschen</translation>
    </message>
    <message>
      <source>Erase for good</source>
      <translation>Endgültig löschen</translation>
    </message>
    <message>
      <source>Clients</source>
      <translation>Klienten</translation>
    </message>
    <message>
      <source>Start session</source>
      <translation>Sitzung starten</translation>
    </message>
    <message>
      <source>Overview</source>
      <translation>Übersicht</translation>
    </message>
    <message>
      <source>Sessions</source>
      <translation>Sitzungen</translation>
    </message>
    <message>
      <source>Trends</source>
      <translation>Verläufe</translation>
    </message>
    <message>
      <source>Treatments</source>
      <translation>Behandlungen</translation>
    </message>
    <message>
      <source>Documents</source>
      <translation>Dokumente</translation>
    </message>
    <message>
      <source>{n} year</source>
      <translation>{n} Jahr</translation>
    </message>
    <message>
      <source>{n} years</source>
      <translation>{n} Jahre</translation>
    </message>
    <message>
      <source>flags: {flags}</source>
      <translation>Hinweise: {flags}</translation>
    </message>
    <message>
      <source>flags: none</source>
      <translation>Hinweise: keine</translation>
    </message>
    <message>
      <source>last visit: {effects}</source>
      <translation>letzter Termin: {effects}</translation>
    </message>
    <message>
      <source>Start session {n}</source>
      <translation>Sitzung {n} starten</translation>
    </message>
    <message>
      <source>Acknowledge…</source>
      <translation>Bestätigen…</translation>
    </message>
    <message>
      <source>In the client's words</source>
      <translation>In den Worten des Klienten</translation>
    </message>
    <message>
      <source>Set on</source>
      <translation>Gesetzt am</translation>
    </message>
    <message>
      <source>Reached on</source>
      <translation>Erreicht am</translation>
    </message>
    <message>
      <source>more is worse</source>
      <translation>mehr ist ungünstiger</translation>
    </message>
    <message>
      <source>more is better</source>
      <translation>mehr ist günstiger</translation>
    </message>
    <message>
      <source>rated at every visit</source>
      <translation>bei jedem Termin bewertet</translation>
    </message>
    <message>
      <source>resting</source>
      <translation>ruhend</translation>
    </message>
    <message>
      <source>Own symptom</source>
      <translation>Eigenes Symptom</translation>
    </message>
    <message>
      <source>Word for 0</source>
      <translation>Wort für 0</translation>
    </message>
    <message>
      <source>Word for 10</source>
      <translation>Wort für 10</translation>
    </message>
    <message>
      <source>Direction</source>
      <translation>Richtung</translation>
    </message>
    <message>
      <source>In a good week</source>
      <translation>In einer guten Woche</translation>
    </message>
    <message>
      <source>In a usual week</source>
      <translation>In einer üblichen Woche</translation>
    </message>
    <message>
      <source>In a hard week</source>
      <translation>In einer schweren Woche</translation>
    </message>
    <message>
      <source>Use</source>
      <translation>Verwenden</translation>
    </message>
    <message>
      <source>Kind</source>
      <translation>Art</translation>
    </message>
    <message>
      <source>Name</source>
      <translation>Name</translation>
    </message>
    <message>
      <source>What happened</source>
      <translation>Was geschah</translation>
    </message>
    <message>
      <source>At</source>
      <translation>Um</translation>
    </message>
    <message>
      <source>Dose</source>
      <translation>Dosis</translation>
    </message>
    <message>
      <source>Source</source>
      <translation>Quelle</translation>
    </message>
    <message>
      <source>What goes on beside the training is written down, never advised on.</source>
      <translation>Was neben dem Training geschieht, wird festgehalten; es wird nie dazu geraten.</translation>
    </message>
    <message>
      <source>unlikely</source>
      <translation>unwahrscheinlich</translation>
    </message>
    <message>
      <source>possible</source>
      <translation>möglich</translation>
    </message>
    <message>
      <source>likely</source>
      <translation>wahrscheinlich</translation>
    </message>
    <message>
      <source>after the session</source>
      <translation>nach der Sitzung</translation>
    </message>
    <message>
      <source>the day after</source>
      <translation>am Tag danach</translation>
    </message>
    <message>
      <source>before the session</source>
      <translation>vor der Sitzung</translation>
    </message>
    <message>
      <source>at home</source>
      <translation>zu Hause</translation>
    </message>
    <message>
      <source>Severity</source>
      <translation>Schwere</translation>
    </message>
    <message>
      <source>Visit</source>
      <translation>Termin</translation>
    </message>
    <message>
      <source>Related to the training</source>
      <translation>Bezug zum Training</translation>
    </message>
    <message>
      <source>Written by</source>
      <translation>Verfasst von</translation>
    </message>
    <message>
      <source>Signed by</source>
      <translation>Signiert von</translation>
    </message>
    <message>
      <source>Sign the note</source>
      <translation>Notiz signieren</translation>
    </message>
    <message>
      <source>Sign</source>
      <translation>Signieren</translation>
    </message>
    <message>
      <source>To add</source>
      <translation>Nachtrag</translation>
    </message>
    <message>
      <source>Add to a signed note</source>
      <translation>Signierte Notiz ergänzen</translation>
    </message>
    <message>
      <source>Name of the scale</source>
      <translation>Name der Skala</translation>
    </message>
    <message>
      <source>Total</source>
      <translation>Summe</translation>
    </message>
    <message>
      <source>Answer to item {n}</source>
      <translation>Antwort auf Frage {n}</translation>
    </message>
    <message>
      <source>Filled in on</source>
      <translation>Ausgefüllt am</translation>
    </message>
    <message>
      <source>Another scale</source>
      <translation>Andere Skala</translation>
    </message>
    <message>
      <source>e.g. entered for the wrong client</source>
      <translation>z. B. beim falschen Klienten eingetragen</translation>
    </message>
    <message>
      <source>Say why the result is retracted.</source>
      <translation>Geben Sie an, warum das Ergebnis zurückgezogen wird.</translation>
    </message>
    <message>
      <source>The result stays in the book and is no longer drawn. A safety banner that it raised stays too.</source>
      <translation>Das Ergebnis bleibt im Buch und wird nicht mehr gezeichnet. Auch ein dadurch ausgelöster Sicherheitshinweis bleibt.</translation>
    </message>
    <message>
      <source>Retract a result</source>
      <translation>Ergebnis zurückziehen</translation>
    </message>
    <message>
      <source>Who dealt with it</source>
      <translation>Wer sich gekümmert hat</translation>
    </message>
    <message>
      <source>Acknowledge</source>
      <translation>Bestätigen</translation>
    </message>
    <message>
      <source>{code} was erased from the client book.</source>
      <translation>{code} wurde aus dem Klientenbuch gelöscht.</translation>
    </message>
    <message>
      <source>Recordings are files and are still there: {folders}</source>
      <translation>Aufzeichnungen sind Dateien und noch vorhanden: {folders}</translation>
    </message>
    <message>
      <source>These copies could not be cleaned: {copies}</source>
      <translation>Diese Kopien konnten nicht bereinigt werden: {copies}</translation>
    </message>
    <message>
      <source>Writing the report …</source>
      <translation>Der Bericht wird geschrieben …</translation>
    </message>
    <message>
      <source>Notes</source>
      <translation>Notizen</translation>
    </message>
    <message>
      <source>Written</source>
      <translation>Verfasst</translation>
    </message>
    <message>
      <source>No notes yet.</source>
      <translation>Noch keine Notizen.</translation>
    </message>
    <message>
      <source>New note</source>
      <translation>Neue Notiz</translation>
    </message>
    <message>
      <source>Open</source>
      <translation>Öffnen</translation>
    </message>
    <message>
      <source>Scales</source>
      <translation>Skalen</translation>
    </message>
    <message>
      <source>Filled in</source>
      <translation>Ausgefüllt</translation>
    </message>
    <message>
      <source>Reading by its authors</source>
      <translation>Deutung der Autoren</translation>
    </message>
    <message>
      <source>Remark</source>
      <translation>Bemerkung</translation>
    </message>
    <message>
      <source>No scales yet.</source>
      <translation>Noch keine Skalen.</translation>
    </message>
    <message>
      <source>Retract</source>
      <translation>Zurückziehen</translation>
    </message>
    <message>
      <source>Fill in</source>
      <translation>Ausfüllen</translation>
    </message>
    <message>
      <source>Adverse effects</source>
      <translation>Nebenwirkungen</translation>
    </message>
    <message>
      <source>Reported</source>
      <translation>Gemeldet</translation>
    </message>
    <message>
      <source>Effect</source>
      <translation>Wirkung</translation>
    </message>
    <message>
      <source>No adverse effect reported.</source>
      <translation>Keine Nebenwirkung gemeldet.</translation>
    </message>
    <message>
      <source>Add</source>
      <translation>Neu</translation>
    </message>
    <message>
      <source>Given</source>
      <translation>Erteilt</translation>
    </message>
    <message>
      <source>Text</source>
      <translation>Text</translation>
    </message>
    <message>
      <source>Withdrawn</source>
      <translation>Widerrufen</translation>
    </message>
    <message>
      <source>No consent on record.</source>
      <translation>Keine Einwilligung hinterlegt.</translation>
    </message>
    <message>
      <source>Change</source>
      <translation>Ändern</translation>
    </message>
    <message>
      <source>Session note</source>
      <translation>Sitzungsnotiz</translation>
    </message>
    <message>
      <source>Client page</source>
      <translation>Klientenblatt</translation>
    </message>
    <message>
      <source>Course report</source>
      <translation>Verlaufsbericht</translation>
    </message>
    <message>
      <source>CRED-nf sheet</source>
      <translation>CRED-nf-Bogen</translation>
    </message>
    <message>
      <source>Needs one finished run.</source>
      <translation>Braucht einen fertigen Durchgang.</translation>
    </message>
    <message>
      <source>Erase client…</source>
      <translation>Klient löschen…</translation>
    </message>
    <message>
      <source>Fill in a scale</source>
      <translation>Skala ausfüllen</translation>
    </message>
    <message>
      <source>Reports</source>
      <translation>Berichte</translation>
    </message>
    <message>
      <source>Everything about this client can be erased.</source>
      <translation>Alles zu diesem Klienten kann gelöscht werden.</translation>
    </message>
    <message>
      <source>signed by {who}</source>
      <translation>signiert von {who}</translation>
    </message>
    <message>
      <source>, added to</source>
      <translation>, ergänzt</translation>
    </message>
    <message>
      <source>draft, unsigned</source>
      <translation>Entwurf, nicht signiert</translation>
    </message>
    <message>
      <source>Another, by its total</source>
      <translation>Eine andere, als Summe</translation>
    </message>
    <message>
      <source>PHQ-9 and other scales that ask about thoughts of death or self-harm are offered once a responsible person and a local crisis text are set.</source>
      <translation>PHQ-9 und andere Skalen, die nach Gedanken an Tod oder Selbstverletzung fragen, werden angeboten, sobald eine verantwortliche Person und ein örtlicher Krisentext eingetragen sind.</translation>
    </message>
    <message>
      <source>retracted: {why}</source>
      <translation>zurückgezogen: {why}</translation>
    </message>
    <message>
      <source>{n} answers estimated</source>
      <translation>{n} Antworten geschätzt</translation>
    </message>
    <message>
      <source>no total</source>
      <translation>keine Summe</translation>
    </message>
    <message>
      <source>YYYY-MM-DD</source>
      <translation>JJJJ-MM-TT</translation>
    </message>
    <message>
      <source>{field} = {text}: write a day as year-month-day, e.g. 2026-11-21.</source>
      <translation>{field} = {text}: Schreiben Sie den Tag als Jahr-Monat-Tag, z. B. 2026-11-21.</translation>
    </message>
    <message>
      <source>HH:MM</source>
      <translation>HH:MM</translation>
    </message>
    <message>
      <source>{field} = {text}: write a time as hours:minutes, e.g. 14:30.</source>
      <translation>{field} = {text}: Schreiben Sie die Zeit als Stunden:Minuten, z. B. 14:30.</translation>
    </message>
    <message>
      <source>a whole number</source>
      <translation>eine ganze Zahl</translation>
    </message>
    <message>
      <source>a number</source>
      <translation>eine Zahl</translation>
    </message>
    <message>
      <source>{field} = {text}: must be {kind} from {low:g} to {high:g}.</source>
      <translation>{field} = {text}: Erwartet wird {kind} von {low:g} bis {high:g}.</translation>
    </message>
    <message>
      <source>Intake: “{question}” needs a clinician's confirmation.</source>
      <translation>Aufnahme: „{question}“ braucht die Bestätigung einer Fachperson.</translation>
    </message>
    <message>
      <source>Intake: one question is not answered yet.</source>
      <translation>Aufnahme: Eine Frage ist noch nicht beantwortet.</translation>
    </message>
    <message>
      <source>Intake: {n} questions are not answered yet.</source>
      <translation>Aufnahme: {n} Fragen sind noch nicht beantwortet.</translation>
    </message>
    <message>
      <source>No consent to training on record.</source>
      <translation>Keine Einwilligung zum Training hinterlegt.</translation>
    </message>
    <message>
      <source>Consent to training given {day}, text {version}.</source>
      <translation>Einwilligung zum Training erteilt am {day}, Text {version}.</translation>
    </message>
    <message>
      <source>Learning over sessions: too few (n = {n}, at least {fewest}).</source>
      <translation>Lernen über die Sitzungen: zu wenige (n = {n}, mindestens {fewest}).</translation>
    </message>
    <message>
      <source>Learning over sessions: cannot be told from these figures.</source>
      <translation>Lernen über die Sitzungen: aus diesen Zahlen nicht erkennbar.</translation>
    </message>
    <message>
      <source>Clean time above the first session's 70th percentile: {slope:+.1f} points per session, 95 % interval {low:+.1f} to {high:+.1f}, n = {n}. It cannot be told apart from expectancy, time or other treatment.</source>
      <translation>Saubere Zeit über dem 70. Perzentil der ersten Sitzung: {slope:+.1f} Punkte je Sitzung, 95-%-Intervall {low:+.1f} bis {high:+.1f}, n = {n}. Das lässt sich nicht von Erwartung, Zeit oder anderer Behandlung trennen.</translation>
    </message>
    <message>
      <source>No file</source>
      <translation>Keine Datei</translation>
    </message>
    <message>
      <source>Choose …</source>
      <translation>Wählen …</translation>
    </message>
    <message>
      <source>Film</source>
      <translation>Film</translation>
    </message>
    <message>
      <source>Films (*.mp4 *.mkv *.mov *.avi *.webm *.m4v *.mpg);;All files (*)</source>
      <translation>Filme (*.mp4 *.mkv *.mov *.avi *.webm *.m4v *.mpg);;Alle Dateien (*)</translation>
    </message>
    <message>
      <source>Music</source>
      <translation>Musik</translation>
    </message>
    <message>
      <source>Music (*.mp3 *.flac *.ogg *.opus *.m4a *.wav *.aac);;All files (*)</source>
      <translation>Musik (*.mp3 *.flac *.ogg *.opus *.m4a *.wav *.aac);;Alle Dateien (*)</translation>
    </message>
    <message>
      <source>Save</source>
      <translation>Speichern</translation>
    </message>
    <message>
      <source>Ctrl+Enter</source>
      <translation>Ctrl+Enter</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>Abbrechen</translation>
    </message>
    <message>
      <source>Esc</source>
      <translation>Esc</translation>
    </message>
    <message>
      <source>Keep theirs</source>
      <translation>Fremde behalten</translation>
    </message>
    <message>
      <source>Write mine</source>
      <translation>Meine schreiben</translation>
    </message>
    <message>
      <source>Not saved yet. Save it, or discard what you typed.</source>
      <translation>Noch nicht gespeichert. Speichern Sie, oder verwerfen Sie Ihre Eingaben.</translation>
    </message>
    <message>
      <source>Discard</source>
      <translation>Verwerfen</translation>
    </message>
    <message>
      <source>{field}: theirs {theirs}, yours {mine}</source>
      <translation>{field}: dort {theirs}, bei Ihnen {mine}</translation>
    </message>
    <message>
      <source>Another desk removed this while the form was open.</source>
      <translation>Ein anderer Arbeitsplatz hat dies entfernt, während das Formular offen war.</translation>
    </message>
    <message>
      <source>Another desk changed this while the form was open. Nothing was overwritten.</source>
      <translation>Ein anderer Arbeitsplatz hat dies geändert, während das Formular offen war. Es wurde nichts überschrieben.</translation>
    </message>
    <message>
      <source>Signed by {who}.</source>
      <translation>Signiert von {who}.</translation>
    </message>
    <message>
      <source>lower is easier</source>
      <translation>niedriger ist leichter</translation>
    </message>
    <message>
      <source>Start session of {client}</source>
      <translation>Sitzung von {client} starten</translation>
    </message>
    <message>
      <source>Open {client}</source>
      <translation>{client} öffnen</translation>
    </message>
    <message>
      <source>Search (Ctrl+K)</source>
      <translation>Suchen (Ctrl+K)</translation>
    </message>
    <message>
      <source>Search clients by name or code</source>
      <translation>Klienten nach Name oder Code suchen</translation>
    </message>
    <message>
      <source>Try it: synthetic headset</source>
      <translation>Ausprobieren: künstliches Headset</translation>
    </message>
    <message>
      <source>All clients</source>
      <translation>Alle Klienten</translation>
    </message>
    <message>
      <source>Clear the search</source>
      <translation>Suche leeren</translation>
    </message>
    <message>
      <source>Add your first client</source>
      <translation>Ersten Klienten anlegen</translation>
    </message>
    <message>
      <source>No clients yet. Try it with the synthetic headset, or add your first client. Nothing leaves this computer.</source>
      <translation>Noch keine Klienten. Probieren Sie es mit dem künstlichen Headset aus, oder legen Sie Ihren ersten Klienten an. Nichts verlässt diesen Computer.</translation>
    </message>
    <message>
      <source>dddd d MMMM</source>
      <translation>dddd, d. MMMM</translation>
    </message>
    <message>
      <source>One note waits for a signature.</source>
      <translation>Eine Notiz wartet auf die Unterschrift.</translation>
    </message>
    <message>
      <source>{n} notes wait for a signature.</source>
      <translation>{n} Notizen warten auf die Unterschrift.</translation>
    </message>
    <message>
      <source>Today</source>
      <translation>Heute</translation>
    </message>
    <message>
      <source>No appointments today. Seen last:</source>
      <translation>Heute keine Kalendertermine. Zuletzt da:</translation>
    </message>
    <message>
      <source>No appointments today.</source>
      <translation>Heute keine Kalendertermine.</translation>
    </message>
    <message>
      <source>Today; later: {clients}</source>
      <translation>Heute; später: {clients}</translation>
    </message>
    <message>
      <source>Last visit</source>
      <translation>Letzter Termin</translation>
    </message>
    <message>
      <source>To do</source>
      <translation>Zu tun</translation>
    </message>
    <message>
      <source>No client matches “{text}”.</source>
      <translation>Kein Klient passt zu „{text}“.</translation>
    </message>
    <message>
      <source>⚠ acknowledge</source>
      <translation>⚠ bestätigen</translation>
    </message>
    <message>
      <source>✎ note unsigned</source>
      <translation>✎ Notiz nicht signiert</translation>
    </message>
    <message>
      <source>{done} of {planned}</source>
      <translation>{done} von {planned}</translation>
    </message>
    <message>
      <source>This window was opened without a client book.</source>
      <translation>Dieses Fenster wurde ohne Klientenbuch geöffnet.</translation>
    </message>
    <message>
      <source>Use a starter plan</source>
      <translation>Startplan verwenden</translation>
    </message>
    <message>
      <source>Edit client</source>
      <translation>Klient bearbeiten</translation>
    </message>
    <message>
      <source>Goals</source>
      <translation>Ziele</translation>
    </message>
    <message>
      <source>Last note</source>
      <translation>Letzte Notiz</translation>
    </message>
    <message>
      <source>Latest values</source>
      <translation>Neueste Werte</translation>
    </message>
    <message>
      <source>Since the last visit</source>
      <translation>Seit dem letzten Termin</translation>
    </message>
    <message>
      <source>No goals yet.</source>
      <translation>Noch keine Ziele.</translation>
    </message>
    <message>
      <source>signed</source>
      <translation>signiert</translation>
    </message>
    <message>
      <source>not signed yet</source>
      <translation>noch nicht signiert</translation>
    </message>
    <message>
      <source>{level:.1f} before</source>
      <translation>vorher {level:.1f}</translation>
    </message>
    <message>
      <source>Intake screen complete.</source>
      <translation>Aufnahmefragen vollständig.</translation>
    </message>
    <message>
      <source>Intake screen: {n} open.</source>
      <translation>Aufnahmefragen: {n} offen.</translation>
    </message>
    <message>
      <source>This page is not part of this installation.</source>
      <translation>Diese Seite gehört nicht zu dieser Installation.</translation>
    </message>
    <message>
      <source>{protocol} (no longer on the shelf)</source>
      <translation>{protocol} (nicht mehr in der Sammlung)</translation>
    </message>
    <message>
      <source>Comfort profile</source>
      <translation>Komfortprofil</translation>
    </message>
    <message>
      <source>Runs</source>
      <translation>Durchgänge</translation>
    </message>
    <message>
      <source>Minutes of a run</source>
      <translation>Minuten je Durchgang</translation>
    </message>
    <message>
      <source>Break, seconds</source>
      <translation>Pause, Sekunden</translation>
    </message>
    <message>
      <source>Breaks</source>
      <translation>Pausen</translation>
    </message>
    <message>
      <source>the client may end them</source>
      <translation>der Klient darf sie beenden</translation>
    </message>
    <message>
      <source>Target, % in range</source>
      <translation>Ziel, % im Zielbereich</translation>
    </message>
    <message>
      <source>Feedback</source>
      <translation>Feedback</translation>
    </message>
    <message>
      <source>Film feedback</source>
      <translation>Film-Feedback</translation>
    </message>
    <message>
      <source>also out of focus</source>
      <translation>auch unscharf</translation>
    </message>
    <message>
      <source>Sound</source>
      <translation>Ton</translation>
    </message>
    <message>
      <source>Chime</source>
      <translation>Klang</translation>
    </message>
    <message>
      <source>Volume, %</source>
      <translation>Lautstärke, %</translation>
    </message>
    <message>
      <source>Planned visits</source>
      <translation>Geplante Termine</translation>
    </message>
    <message>
      <source>Review after visit (0: none)</source>
      <translation>Überprüfung nach Termin (0: keine)</translation>
    </message>
    <message>
      <source>There is no protocol to choose. Put one into the protocols folder.</source>
      <translation>Es gibt kein Protokoll zur Auswahl. Legen Sie eines in den Ordner der Protokolle.</translation>
    </message>
    <message>
      <source>Photosafe feedback is forced by the intake screen or a flag.</source>
      <translation>Die Aufnahmefragen oder ein Hinweis verlangen lichtsicheres Feedback.</translation>
    </message>
    <message>
      <source>Protocols that the intake screen locks are left out.</source>
      <translation>Protokolle, die durch die Aufnahmefragen gesperrt sind, werden nicht angezeigt.</translation>
    </message>
    <message>
      <source>Edit plan</source>
      <translation>Plan bearbeiten</translation>
    </message>
    <message>
      <source>Own symptoms</source>
      <translation>Eigene Symptome</translation>
    </message>
    <message>
      <source>Symptom</source>
      <translation>Symptom</translation>
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
      <translation>Wochen davor</translation>
    </message>
    <message>
      <source>No own symptoms yet: 5 to 8 show changes best.</source>
      <translation>Noch keine eigenen Symptome: 5 bis 8 zeigen Veränderungen am besten.</translation>
    </message>
    <message>
      <source>Appointments</source>
      <translation>Kalendertermine</translation>
    </message>
    <message>
      <source>Begins</source>
      <translation>Beginn</translation>
    </message>
    <message>
      <source>No appointments.</source>
      <translation>Keine Kalendertermine.</translation>
    </message>
    <message>
      <source>every visit</source>
      <translation>jeder Termin</translation>
    </message>
    <message>
      <source>Recordings</source>
      <translation>Aufzeichnungen</translation>
    </message>
    <message>
      <source>Protocols</source>
      <translation>Protokolle</translation>
    </message>
    <message>
      <source>Settings</source>
      <translation>Einstellungen</translation>
    </message>
    <message>
      <source>Main navigation</source>
      <translation>Hauptnavigation</translation>
    </message>
    <message>
      <source>course</source>
      <translation>Trainingsreihe</translation>
    </message>
    <message>
      <source>session {n}</source>
      <translation>Sitzung {n}</translation>
    </message>
    <message>
      <source>Identical: {hops} hops and {events} events came out again to the last bit.</source>
      <translation>Identisch: {hops} Rechenschritte und {events} Ereignisse kamen bis aufs letzte Bit gleich heraus.</translation>
    </message>
    <message>
      <source>Not identical: {difference}</source>
      <translation>Nicht identisch: {difference}</translation>
    </message>
    <message>
      <source>Submit</source>
      <translation>Absenden</translation>
    </message>
    <message>
      <source>Not submitted yet. Submit it, or cancel.</source>
      <translation>Noch nicht abgesendet. Senden Sie ab, oder brechen Sie ab.</translation>
    </message>
    <message>
      <source>Item {items} is not answered. Answer it, or submit again to leave it out.</source>
      <translation>Frage {items} ist nicht beantwortet. Beantworten Sie sie, oder senden Sie noch einmal ab, um sie auszulassen.</translation>
    </message>
    <message>
      <source>Items {items} are not answered. Answer them, or submit again to leave them out.</source>
      <translation>Die Fragen {items} sind nicht beantwortet. Beantworten Sie sie, oder senden Sie noch einmal ab, um sie auszulassen.</translation>
    </message>
    <message>
      <source>Contact here: {person}</source>
      <translation>Kontakt hier: {person}</translation>
    </message>
    <message>
      <source>Please read on … {n:.0f}</source>
      <translation>Bitte lesen Sie weiter … {n:.0f}</translation>
    </message>
    <message>
      <source>Close</source>
      <translation>Schließen</translation>
    </message>
    <message>
      <source>Status</source>
      <translation>Status</translation>
    </message>
    <message>
      <source>Keys</source>
      <translation>Tasten</translation>
    </message>
    <message>
      <source>Theme</source>
      <translation>Design</translation>
    </message>
    <message>
      <source>Dark or light</source>
      <translation>Dunkel oder hell</translation>
    </message>
    <message>
      <source>Connecting: {name}</source>
      <translation>Verbinden: {name}</translation>
    </message>
    <message>
      <source>No headset connected</source>
      <translation>Kein Headset verbunden</translation>
    </message>
    <message>
      <source>Recording off · room on the disk not known</source>
      <translation>Aufzeichnung aus · freier Speicherplatz unbekannt</translation>
    </message>
    <message>
      <source>⚠ Recording off · {n:.0f} h free: make room</source>
      <translation>⚠ Aufzeichnung aus · {n:.0f} h frei: Platz schaffen</translation>
    </message>
    <message>
      <source>Recording off · {hours} h free</source>
      <translation>Aufzeichnung aus · {hours} h frei</translation>
    </message>
    <message>
      <source>♪ no sound</source>
      <translation>♪ kein Ton</translation>
    </message>
    <message>
      <source>Date</source>
      <translation>Datum</translation>
    </message>
    <message>
      <source>Trained</source>
      <translation>Trainiert</translation>
    </message>
    <message>
      <source>In range</source>
      <translation>Im Zielbereich</translation>
    </message>
    <message>
      <source>Clean</source>
      <translation>Sauber</translation>
    </message>
    <message>
      <source>Nothing recorded yet.</source>
      <translation>Noch nichts aufgezeichnet.</translation>
    </message>
    <message>
      <source>Replay</source>
      <translation>Wiedergabe</translation>
    </message>
    <message>
      <source>Report</source>
      <translation>Bericht</translation>
    </message>
    <message>
      <source>Open folder</source>
      <translation>Ordner öffnen</translation>
    </message>
    <message>
      <source>Range</source>
      <translation>Zeitraum</translation>
    </message>
    <message>
      <source>Nothing in this range.</source>
      <translation>Nichts in diesem Zeitraum.</translation>
    </message>
    <message>
      <source>All</source>
      <translation>Alles</translation>
    </message>
    <message>
      <source>Last {n} visits</source>
      <translation>Letzte {n} Termine</translation>
    </message>
    <message>
      <source>{n} months</source>
      <translation>{n} Monate</translation>
    </message>
    <message>
      <source>This course</source>
      <translation>Dieser Kurs</translation>
    </message>
    <message>
      <source>Add treatment</source>
      <translation>Behandlung eintragen</translation>
    </message>
    <message>
      <source>What</source>
      <translation>Was</translation>
    </message>
    <message>
      <source>Nothing logged.</source>
      <translation>Nichts vermerkt.</translation>
    </message>
    <message>
      <source>Change dose</source>
      <translation>Dosis ändern</translation>
    </message>
    <message>
      <source>Stop</source>
      <translation>Beenden</translation>
    </message>
    <message>
      <source>Given today</source>
      <translation>Heute erhalten</translation>
    </message>
    <message>
      <source>Correct</source>
      <translation>Berichtigen</translation>
    </message>
    <message>
      <source>{name}: {n} values</source>
      <translation>{name}: {n} Werte</translation>
    </message>
    <message>
      <source>one treatment</source>
      <translation>eine Behandlung</translation>
    </message>
    <message>
      <source>{n} treatments</source>
      <translation>{n} Behandlungen</translation>
    </message>
    <message>
      <source>Trends. {what}</source>
      <translation>Verläufe. {what}</translation>
    </message>
    <message>
      <source>MMM yyyy</source>
      <translation>MMM yyyy</translation>
    </message>
    <message>
      <source>d MMM</source>
      <translation>d. MMM</translation>
    </message>
    <message>
      <source> · too few</source>
      <translation> · zu wenige</translation>
    </message>
    <message>
      <source>{n} · dashed: {level:.1f} before</source>
      <translation>{n} · gestrichelt: vorher {level:.1f}</translation>
    </message>
    <message>
      <source>{flags} and {n} more</source>
      <translation>{flags} und {n} weitere</translation>
    </message>
    <message>
      <source>No plan yet</source>
      <translation>Noch kein Plan</translation>
    </message>
    <message>
      <source>{done} of {planned} · {protocol}</source>
      <translation>{done} von {planned} · {protocol}</translation>
    </message>
    <message>
      <source>{done} done · {protocol}</source>
      <translation>{done} erledigt · {protocol}</translation>
    </message>
    <message>
      <source>No plan.</source>
      <translation>Kein Plan.</translation>
    </message>
    <message>
      <source>{protocol}, version {version}</source>
      <translation>{protocol}, Version {version}</translation>
    </message>
    <message>
      <source>target, runs and feedback by the protocol</source>
      <translation>Ziel, Durchgänge und Feedback nach Protokoll</translation>
    </message>
    <message>
      <source>{runs} × {minutes:g} min</source>
      <translation>{runs} × {minutes:g} min</translation>
    </message>
    <message>
      <source>breaks {rest:g} s</source>
      <translation>Pausen {rest:g} s</translation>
    </message>
    <message>
      <source>, the client may end them</source>
      <translation>, der Klient darf sie beenden</translation>
    </message>
    <message>
      <source>target {target:.0f} %</source>
      <translation>Ziel {target:.0f} %</translation>
    </message>
    <message>
      <source>comfort: {profile}</source>
      <translation>Komfort: {profile}</translation>
    </message>
    <message>
      <source>feedback: {feedback}</source>
      <translation>Feedback: {feedback}</translation>
    </message>
    <message>
      <source>sound: {sound}, {volume:.0f} %</source>
      <translation>Ton: {sound}, {volume:.0f} %</translation>
    </message>
    <message>
      <source>review after visit {n}</source>
      <translation>Überprüfung nach Termin {n}</translation>
    </message>
    <message>
      <source>start</source>
      <translation>Beginn</translation>
    </message>
    <message>
      <source>change</source>
      <translation>Änderung</translation>
    </message>
    <message>
      <source>stop</source>
      <translation>Ende</translation>
    </message>
    <message>
      <source>given once</source>
      <translation>einmalig</translation>
    </message>
    <message>
      <source>client</source>
      <translation>Klient</translation>
    </message>
    <message>
      <source>prescriber</source>
      <translation>Verordner</translation>
    </message>
    <message>
      <source>record</source>
      <translation>Akte</translation>
    </message>
    <message>
      <source>right-handed</source>
      <translation>rechtshändig</translation>
    </message>
    <message>
      <source>left-handed</source>
      <translation>linkshändig</translation>
    </message>
    <message>
      <source>both-handed</source>
      <translation>beidhändig</translation>
    </message>
    <message>
      <source>seizures or epilepsy</source>
      <translation>Anfälle oder Epilepsie</translation>
    </message>
    <message>
      <source>loss of consciousness</source>
      <translation>Bewusstseinsverlust</translation>
    </message>
    <message>
      <source>sensitivity to flicker</source>
      <translation>Empfindlichkeit für Flackern</translation>
    </message>
    <message>
      <source>stimulator or pacemaker</source>
      <translation>Stimulator oder Herzschrittmacher</translation>
    </message>
    <message>
      <source>loss of touch with reality</source>
      <translation>Verlust des Bezugs zur Wirklichkeit</translation>
    </message>
    <message>
      <source>mania or bipolar disorder</source>
      <translation>Manie oder bipolare Störung</translation>
    </message>
    <message>
      <source>dissociation or trauma</source>
      <translation>Dissoziation oder Trauma</translation>
    </message>
    <message>
      <source>head or brain injury</source>
      <translation>Kopf- oder Hirnverletzung</translation>
    </message>
    <message>
      <source>neurological condition</source>
      <translation>neurologische Erkrankung</translation>
    </message>
    <message>
      <source>pregnancy</source>
      <translation>Schwangerschaft</translation>
    </message>
    <message>
      <source>thoughts of death or self-harm</source>
      <translation>Gedanken an Tod oder Selbstverletzung</translation>
    </message>
    <message>
      <source>under 18</source>
      <translation>unter 18</translation>
    </message>
    <message>
      <source>A film of the client's own, or another window, may flash by itself: watch it before, or leave it out.</source>
      <translation>Ein eigener Film des Klienten oder ein anderes Fenster kann von sich aus blitzen: Sehen Sie es sich vorher an, oder lassen Sie es weg.</translation>
    </message>
    <message>
      <source>About</source>
      <translation>Info</translation>
    </message>
    <message>
      <source>Names describe the signal, not a disease: what is known stands under Evidence.</source>
      <translation>Namen beschreiben das Signal, keine Krankheit: Was bekannt ist, steht unter Evidenz.</translation>
    </message>
    <message>
      <source>SMR at C3 and C4, up</source>
      <translation>SMR an C3 und C4, aufwärts</translation>
    </message>
    <message>
      <source>Short name for files and commands</source>
      <translation>Kurzname für Dateien und Befehle</translation>
    </message>
    <message>
      <source>Version</source>
      <translation>Version</translation>
    </message>
    <message>
      <source>Purpose, in plain words</source>
      <translation>Zweck, in einfachen Worten</translation>
    </message>
    <message>
      <source>Cautions, one a line</source>
      <translation>Vorsicht, eins je Zeile</translation>
    </message>
    <message>
      <source>Sessions of a course</source>
      <translation>Sitzungen der Trainingsreihe</translation>
    </message>
    <message>
      <source>Sessions a week</source>
      <translation>Sitzungen pro Woche</translation>
    </message>
    <message>
      <source>Evidence</source>
      <translation>Evidenz</translation>
    </message>
    <message>
      <source>What studies found and what they did not; trials that found nothing belong here too.</source>
      <translation>Was Studien gefunden haben und was nicht; auch Studien ohne Befund gehören hierher.</translation>
    </message>
    <message>
      <source>In a few words</source>
      <translation>In wenigen Worten</translation>
    </message>
    <message>
      <source>controlled, small</source>
      <translation>kontrolliert, klein</translation>
    </message>
    <message>
      <source>What was found</source>
      <translation>Was gefunden wurde</translation>
    </message>
    <message>
      <source>What is not known</source>
      <translation>Was nicht bekannt ist</translation>
    </message>
    <message>
      <source>References</source>
      <translation>Literatur</translation>
    </message>
    <message>
      <source>Remove</source>
      <translation>Entfernen</translation>
    </message>
    <message>
      <source>Author A (2020) Journal 1:2</source>
      <translation>Autor A (2020) Zeitschrift 1:2</translation>
    </message>
    <message>
      <source>DOI</source>
      <translation>DOI</translation>
    </message>
    <message>
      <source>Add a reference</source>
      <translation>Quelle hinzufügen</translation>
    </message>
    <message>
      <source>Compare with</source>
      <translation>Vergleichen mit</translation>
    </message>
    <message>
      <source>It can be compared once all its problems are solved.</source>
      <translation>Der Vergleich ist möglich, sobald alle Probleme gelöst sind.</translation>
    </message>
    <message>
      <source>One value differs.</source>
      <translation>Ein Wert unterscheidet sich.</translation>
    </message>
    <message>
      <source>{n} values differ.</source>
      <translation>{n} Werte unterscheiden sich.</translation>
    </message>
    <message>
      <source>They mean the same.</source>
      <translation>Sie bedeuten dasselbe.</translation>
    </message>
    <message>
      <source>This one</source>
      <translation>Dieses</translation>
    </message>
    <message>
      <source>In one sentence</source>
      <translation>In einem Satz</translation>
    </message>
    <message>
      <source>{name}, version {n}</source>
      <translation>{name}, Version {n}</translation>
    </message>
    <message>
      <source>Condition {name}</source>
      <translation>Bedingung {name}</translation>
    </message>
    <message>
      <source>short name</source>
      <translation>Kurzname</translation>
    </message>
    <message>
      <source>band, Hz</source>
      <translation>Band, Hz</translation>
    </message>
    <message>
      <source>band from the alpha peak, Hz</source>
      <translation>Band ab der Alphaspitze, Hz</translation>
    </message>
    <message>
      <source>share in, Hz</source>
      <translation>Anteil an, Hz</translation>
    </message>
    <message>
      <source>deviations</source>
      <translation>Abweichungen</translation>
    </message>
    <message>
      <source>least number of sites</source>
      <translation>Mindestzahl an Orten</translation>
    </message>
    <message>
      <source>left sites</source>
      <translation>linke Orte</translation>
    </message>
    <message>
      <source>as usual</source>
      <translation>wie üblich</translation>
    </message>
    <message>
      <source>off</source>
      <translation>aus</translation>
    </message>
    <message>
      <source>fixed value</source>
      <translation>fester Wert</translation>
    </message>
    <message>
      <source>baseline percentile</source>
      <translation>Perzentil der Ruhemessung</translation>
    </message>
    <message>
      <source>baseline z</source>
      <translation>z der Ruhemessung</translation>
    </message>
    <message>
      <source>rolling percentile (auto)</source>
      <translation>gleitendes Perzentil (auto)</translation>
    </message>
    <message>
      <source>staircase (auto)</source>
      <translation>Treppenregel (auto)</translation>
    </message>
    <message>
      <source>personal course target</source>
      <translation>persönliches Reihenziel</translation>
    </message>
    <message>
      <source>Conditions</source>
      <translation>Bedingungen</translation>
    </message>
    <message>
      <source>All have to be met at once. An automatic rule keeps the score steady and so hides learning.</source>
      <translation>Alle müssen zugleich erfüllt sein. Eine automatische Regel hält den Score gleichmäßig und verdeckt so das Lernen.</translation>
    </message>
    <message>
      <source>Add a condition</source>
      <translation>Bedingung hinzufügen</translation>
    </message>
    <message>
      <source>reward</source>
      <translation>Belohnung</translation>
    </message>
    <message>
      <source>inhibit</source>
      <translation>Hemmung</translation>
    </message>
    <message>
      <source>▲ above</source>
      <translation>▲ über</translation>
    </message>
    <message>
      <source>▼ below</source>
      <translation>▼ unter</translation>
    </message>
    <message>
      <source>Threshold from</source>
      <translation>Schwelle aus</translation>
    </message>
    <message>
      <source>{n}. Feature</source>
      <translation>{n}. Merkmal</translation>
    </message>
    <message>
      <source>Role</source>
      <translation>Rolle</translation>
    </message>
    <message>
      <source>Has to be</source>
      <translation>Muss sein</translation>
    </message>
    <message>
      <source>Value</source>
      <translation>Wert</translation>
    </message>
    <message>
      <source>Deviations, k</source>
      <translation>Abweichungen, k</translation>
    </message>
    <message>
      <source>Target, %</source>
      <translation>Ziel, %</translation>
    </message>
    <message>
      <source>Window, s</source>
      <translation>Fenster, s</translation>
    </message>
    <message>
      <source>Gain</source>
      <translation>Tempo</translation>
    </message>
    <message>
      <source>Delay</source>
      <translation>Verzögerung</translation>
    </message>
    <message>
      <source>Cautions</source>
      <translation>Vorsicht</translation>
    </message>
    <message>
      <source>Sites: {sites}</source>
      <translation>Orte: {sites}</translation>
    </message>
    <message>
      <source>This file cannot be used. Edit it: the text tab shows where.</source>
      <translation>Diese Datei lässt sich nicht verwenden. Bearbeiten Sie sie: Der Reiter „Text“ zeigt die Stelle.</translation>
    </message>
    <message>
      <source>Built in, version {n}. It cannot be changed; duplicate it to edit.</source>
      <translation>Eingebaut, Version {n}. Es lässt sich nicht ändern; duplizieren Sie es zum Bearbeiten.</translation>
    </message>
    <message>
      <source>Your own, version {n}, not used yet.</source>
      <translation>Eigenes, Version {n}, noch nicht benutzt.</translation>
    </message>
    <message>
      <source>Your own, version {n}, used in a session: changes become a new version.</source>
      <translation>Eigenes, Version {n}, in einer Sitzung benutzt: Änderungen werden eine neue Version.</translation>
    </message>
    <message>
      <source>Your own, version {n}: the file was changed after a session had used it.</source>
      <translation>Eigenes, Version {n}: Die Datei wurde geändert, nachdem eine Sitzung sie benutzt hatte.</translation>
    </message>
    <message>
      <source>Eyes closed</source>
      <translation>Augen geschlossen</translation>
    </message>
    <message>
      <source>Eyes open</source>
      <translation>Augen offen</translation>
    </message>
    <message>
      <source>{eyes}, baseline {baseline}, {n} × {run}</source>
      <translation>{eyes}, Ruhemessung {baseline}, {n} × {run}</translation>
    </message>
    <message>
      <source>, {n} a week</source>
      <translation>, {n} pro Woche</translation>
    </message>
    <message>
      <source>Course: {sessions}</source>
      <translation>Trainingsreihe: {sessions}</translation>
    </message>
    <message>
      <source>amplitude, µV</source>
      <translation>Amplitude, µV</translation>
    </message>
    <message>
      <source>power, µV²</source>
      <translation>Leistung, µV²</translation>
    </message>
    <message>
      <source>share of a wider band</source>
      <translation>Anteil an einem breiteren Band</translation>
    </message>
    <message>
      <source>ratio of two features</source>
      <translation>Verhältnis zweier Merkmale</translation>
    </message>
    <message>
      <source>asymmetry</source>
      <translation>Asymmetrie</translation>
    </message>
    <message>
      <source>coherence</source>
      <translation>Kohärenz</translation>
    </message>
    <message>
      <source>imaginary coherence</source>
      <translation>imaginäre Kohärenz</translation>
    </message>
    <message>
      <source>phase locking</source>
      <translation>Phasenkopplung</translation>
    </message>
    <message>
      <source>What is measured</source>
      <translation>Was gemessen wird</translation>
    </message>
    <message>
      <source>A feature is one number, computed some fifty times a second: mean over its sites of a band.</source>
      <translation>Ein Merkmal ist eine Zahl, etwa fünfzigmal pro Sekunde berechnet: der Mittelwert eines Bandes über seine Orte.</translation>
    </message>
    <message>
      <source>Add a feature</source>
      <translation>Merkmal hinzufügen</translation>
    </message>
    <message>
      <source>Smoothing, s</source>
      <translation>Glättung, s</translation>
    </message>
    <message>
      <source>This feature …</source>
      <translation>Dieses Merkmal …</translation>
    </message>
    <message>
      <source>… divided by this one</source>
      <translation>… geteilt durch dieses</translation>
    </message>
    <message>
      <source>As a logarithm</source>
      <translation>Als Logarithmus</translation>
    </message>
    <message>
      <source>Band, Hz</source>
      <translation>Band, Hz</translation>
    </message>
    <message>
      <source>Or from the alpha peak, Hz</source>
      <translation>Oder ab der Alphaspitze, Hz</translation>
    </message>
    <message>
      <source>Sites, if not all of them</source>
      <translation>Orte, falls nicht alle</translation>
    </message>
    <message>
      <source>Right sites</source>
      <translation>Rechte Orte</translation>
    </message>
    <message>
      <source>The two sites, if there are more</source>
      <translation>Die beiden Orte, falls es mehr gibt</translation>
    </message>
    <message>
      <source>Left sites</source>
      <translation>Linke Orte</translation>
    </message>
    <message>
      <source>Share in, Hz</source>
      <translation>Anteil an, Hz</translation>
    </message>
    <message>
      <source>Delay, s</source>
      <translation>Verzögerung, s</translation>
    </message>
    <message>
      <source>by the band</source>
      <translation>nach dem Band</translation>
    </message>
    <message>
      <source>Estimator</source>
      <translation>Schätzverfahren</translation>
    </message>
    <message>
      <source>Filter length, s</source>
      <translation>Filterlänge, s</translation>
    </message>
    <message>
      <source>Slow: power over a second</source>
      <translation>Langsam: Leistung über eine Sekunde</translation>
    </message>
    <message>
      <source>none</source>
      <translation>ohne</translation>
    </message>
    <message>
      <source>Sites chosen: {sites}.</source>
      <translation>Gewählte Orte: {sites}.</translation>
    </message>
    <message>
      <source>{site}: chosen</source>
      <translation>{site}: gewählt</translation>
    </message>
    <message>
      <source>{site}: reference</source>
      <translation>{site}: Referenz</translation>
    </message>
    <message>
      <source>Search protocols, bands, sites</source>
      <translation>Protokolle, Bänder, Orte suchen</translation>
    </message>
    <message>
      <source>No match</source>
      <translation>Kein Treffer</translation>
    </message>
    <message>
      <source>Duplicate nearest</source>
      <translation>Nächstes duplizieren</translation>
    </message>
    <message>
      <source>No headset chosen</source>
      <translation>Kein Headset gewählt</translation>
    </message>
    <message>
      <source>Back</source>
      <translation>Zurück</translation>
    </message>
    <message>
      <source>Words</source>
      <translation>Glossar</translation>
    </message>
    <message>
      <source>All terms, explained</source>
      <translation>Alle Begriffe, erklärt</translation>
    </message>
    <message>
      <source>New</source>
      <translation>Neu</translation>
    </message>
    <message>
      <source>Begin a protocol from nothing</source>
      <translation>Ein Protokoll von Grund auf beginnen</translation>
    </message>
    <message>
      <source>Import</source>
      <translation>Importieren</translation>
    </message>
    <message>
      <source>Take over a protocol file</source>
      <translation>Eine Protokolldatei übernehmen</translation>
    </message>
    <message>
      <source>Go on with unsaved changes</source>
      <translation>Mit ungespeicherten Änderungen weitermachen</translation>
    </message>
    <message>
      <source>Duplicate to edit</source>
      <translation>Zum Bearbeiten duplizieren</translation>
    </message>
    <message>
      <source>Edit</source>
      <translation>Bearbeiten</translation>
    </message>
    <message>
      <source>Compare</source>
      <translation>Vergleichen</translation>
    </message>
    <message>
      <source>Preview</source>
      <translation>Vorschau</translation>
    </message>
    <message>
      <source>Export</source>
      <translation>Exportieren</translation>
    </message>
    <message>
      <source>Headset</source>
      <translation>Headset</translation>
    </message>
    <message>
      <source>{file}
cannot be read</source>
      <translation>{file}
ist nicht lesbar</translation>
    </message>
    <message>
      <source>own, version {n} · </source>
      <translation>eigenes, Version {n} · </translation>
    </message>
    <message>
      <source>Built-in ones cannot be changed</source>
      <translation>Eingebaute lassen sich nicht ändern</translation>
    </message>
    <message>
      <source>{file} cannot be read ({why}).</source>
      <translation>{file} ist nicht lesbar ({why}).</translation>
    </message>
    <message>
      <source>{name} (copy)</source>
      <translation>{name} (Kopie)</translation>
    </message>
    <message>
      <source>Imported as {file}.</source>
      <translation>Importiert als {file}.</translation>
    </message>
    <message>
      <source>A protocol file</source>
      <translation>Eine Protokolldatei</translation>
    </message>
    <message>
      <source>Export the protocol</source>
      <translation>Protokoll exportieren</translation>
    </message>
    <message>
      <source>Written to {file}.</source>
      <translation>Geschrieben nach {file}.</translation>
    </message>
    <message>
      <source>Parts of the protocol</source>
      <translation>Teile des Protokolls</translation>
    </message>
    <message>
      <source>Sites</source>
      <translation>Orte</translation>
    </message>
    <message>
      <source>Features</source>
      <translation>Merkmale</translation>
    </message>
    <message>
      <source>Reward</source>
      <translation>Belohnung</translation>
    </message>
    <message>
      <source>Undo</source>
      <translation>Rückgängig</translation>
    </message>
    <message>
      <source>Ctrl+Z</source>
      <translation>Ctrl+Z</translation>
    </message>
    <message>
      <source>Redo</source>
      <translation>Wiederholen</translation>
    </message>
    <message>
      <source>Ctrl+Shift+Z</source>
      <translation>Ctrl+Shift+Z</translation>
    </message>
    <message>
      <source>Write this protocol as one file</source>
      <translation>Dieses Protokoll als eine Datei schreiben</translation>
    </message>
    <message>
      <source>Save as new version</source>
      <translation>Als neue Version speichern</translation>
    </message>
    <message>
      <source>Ctrl+S</source>
      <translation>Ctrl+S</translation>
    </message>
    <message>
      <source>New protocol</source>
      <translation>Neues Protokoll</translation>
    </message>
    <message>
      <source>The sentence that says what is rewarded stands here once the problems are solved.</source>
      <translation>Sobald die Probleme gelöst sind, steht hier der Satz, der sagt, was belohnt wird.</translation>
    </message>
    <message>
      <source>The text cannot be read: {why}</source>
      <translation>Der Text ist nicht lesbar: {why}</translation>
    </message>
    <message>
      <source>Sessions have used version {n}, so it stays as it is. Changes are saved as a new version.</source>
      <translation>Sitzungen haben Version {n} benutzt, daher bleibt sie, wie sie ist. Änderungen werden als neue Version gespeichert.</translation>
    </message>
    <message>
      <source>Saved as {file}.</source>
      <translation>Gespeichert als {file}.</translation>
    </message>
    <message>
      <source>Simulated client</source>
      <translation>Simulierter Klient</translation>
    </message>
    <message>
      <source>Last recording</source>
      <translation>Letzte Aufzeichnung</translation>
    </message>
    <message>
      <source>A file …</source>
      <translation>Eine Datei …</translation>
    </message>
    <message>
      <source>Run preview</source>
      <translation>Vorschau starten</translation>
    </message>
    <message>
      <source>Preview on</source>
      <translation>Vorschau mit</translation>
    </message>
    <message>
      <source>Nothing is recorded or changed.</source>
      <translation>Nichts wird aufgezeichnet oder geändert.</translation>
    </message>
    <message>
      <source>It can be previewed once its problems are solved.</source>
      <translation>Die Vorschau ist möglich, sobald die Probleme gelöst sind.</translation>
    </message>
    <message>
      <source>Computing …</source>
      <translation>Wird berechnet …</translation>
    </message>
    <message>
      <source>Cancelled.</source>
      <translation>Abgebrochen.</translation>
    </message>
    <message>
      <source>There is no recording yet. Record a session, or choose a file.</source>
      <translation>Es gibt noch keine Aufzeichnung. Zeichnen Sie eine Sitzung auf, oder wählen Sie eine Datei.</translation>
    </message>
    <message>
      <source>No file is chosen. Choose one.</source>
      <translation>Keine Datei ist gewählt. Wählen Sie eine.</translation>
    </message>
    <message>
      <source>A recording</source>
      <translation>Eine Aufzeichnung</translation>
    </message>
    <message>
      <source>No clean time after the baseline, so no reward can be expected. Try a longer one.</source>
      <translation>Keine saubere Zeit nach der Ruhemessung, daher ist keine Belohnung zu erwarten. Versuchen Sie es mit einer längeren.</translation>
    </message>
    <message>
      <source>On {s:.0f} s of clean training.</source>
      <translation>Auf {s:.0f} s sauberem Training.</translation>
    </message>
    <message>
      <source>Aim for 40 to 80 % in range: change a target.</source>
      <translation>Anzustreben sind 40 bis 80 % im Zielbereich: Ändern Sie ein Ziel.</translation>
    </message>
    <message>
      <source>In range, all conditions</source>
      <translation>Im Zielbereich, alle Bedingungen</translation>
    </message>
    <message>
      <source>Joint rate in the baseline</source>
      <translation>Gemeinsame Rate in der Ruhemessung</translation>
    </message>
    <message>
      <source>Tokens a minute</source>
      <translation>Belohnungen/Minute</translation>
    </message>
    <message>
      <source>Held by artefacts</source>
      <translation>Artefaktbedingt angehalten</translation>
    </message>
    <message>
      <source>{s:.1f} s</source>
      <translation>{s:.1f} s</translation>
    </message>
    <message>
      <source>All conditions met without a break for the dwell time; then none for the refractory time.</source>
      <translation>Alle Bedingungen die Haltezeit lang ohne Unterbrechung erfüllt; danach keine in der Refraktärzeit.</translation>
    </message>
    <message>
      <source>Dwell, s</source>
      <translation>Haltezeit, s</translation>
    </message>
    <message>
      <source>Refractory time, s</source>
      <translation>Refraktärzeit, s</translation>
    </message>
    <message>
      <source>Must fall back before the next</source>
      <translation>Muss vor der nächsten zurückfallen</translation>
    </message>
    <message>
      <source>By so many % of the threshold</source>
      <translation>Um so viel % der Schwelle</translation>
    </message>
    <message>
      <source>Guards</source>
      <translation>Wächter</translation>
    </message>
    <message>
      <source>While one of these limits is passed, nothing is rewarded. “off” switches it off.</source>
      <translation>Solange eine dieser Grenzen überschritten ist, wird nichts belohnt. „aus“ schaltet sie ab.</translation>
    </message>
    <message>
      <source>Movement, µV</source>
      <translation>Bewegung, µV</translation>
    </message>
    <message>
      <source>Jump, µV</source>
      <translation>Sprung, µV</translation>
    </message>
    <message>
      <source>Blink, µV</source>
      <translation>Blinzeln, µV</translation>
    </message>
    <message>
      <source>Muscle, µV</source>
      <translation>Muskel, µV</translation>
    </message>
    <message>
      <source>Head movement, g</source>
      <translation>Kopfbewegung, g</translation>
    </message>
    <message>
      <source>Hold when drowsy</source>
      <translation>Halt bei Schläfrigkeit</translation>
    </message>
    <message>
      <source>Guard band</source>
      <translation>Wächterband</translation>
    </message>
    <message>
      <source>One correction a session, logged, when the share in range leaves these limits.</source>
      <translation>Eine Korrektur pro Sitzung, wird vermerkt, wenn der Anteil im Zielbereich diese Grenzen verlässt.</translation>
    </message>
    <message>
      <source>Recalibrate once</source>
      <translation>Einmal neu kalibrieren</translation>
    </message>
    <message>
      <source>Below, %</source>
      <translation>Unter, %</translation>
    </message>
    <message>
      <source>Above, %</source>
      <translation>Über, %</translation>
    </message>
    <message>
      <source>Not before, clean s</source>
      <translation>Nicht vor, saubere s</translation>
    </message>
    <message>
      <source>From the last, clean s</source>
      <translation>Aus den letzten, saubere s</translation>
    </message>
    <message>
      <source>Clocks of baseline and runs count clean time; holds stop them.</source>
      <translation>Die Uhren von Ruhemessung und Durchgängen zählen saubere Zeit; beim Anhalten stehen sie still.</translation>
    </message>
    <message>
      <source>Eyes closed first, for the alpha peak, s</source>
      <translation>Erst Augen geschlossen, für die Alphaspitze, s</translation>
    </message>
    <message>
      <source>Transfer run at the end, s</source>
      <translation>Transferdurchgang am Ende, s</translation>
    </message>
    <message>
      <source>Add a second part</source>
      <translation>Zweiten Teil hinzufügen</translation>
    </message>
    <message>
      <source>Another baseline and more runs, on other conditions</source>
      <translation>Noch eine Ruhemessung und weitere Durchgänge, mit anderen Bedingungen</translation>
    </message>
    <message>
      <source>Calm scene</source>
      <translation>Ruhige Szene</translation>
    </message>
    <message>
      <source>Picture</source>
      <translation>Bild</translation>
    </message>
    <message>
      <source>Chime at a reward</source>
      <translation>Klang bei Belohnung</translation>
    </message>
    <message>
      <source>What the client is told</source>
      <translation>Was dem Klienten gesagt wird</translation>
    </message>
    <message>
      <source>Crossover</source>
      <translation>Crossover</translation>
    </message>
    <message>
      <source>When theta has stood above alpha for so long, it is told, not rewarded.</source>
      <translation>Wenn Theta so lange über Alpha lag, wird es gemeldet, nicht belohnt.</translation>
    </message>
    <message>
      <source>Tell the crossover</source>
      <translation>Crossover melden</translation>
    </message>
    <message>
      <source>Feature of theta</source>
      <translation>Merkmal für Theta</translation>
    </message>
    <message>
      <source>Feature of alpha</source>
      <translation>Merkmal für Alpha</translation>
    </message>
    <message>
      <source>Above by, µV</source>
      <translation>Darüber um, µV</translation>
    </message>
    <message>
      <source>For, clean s</source>
      <translation>Für, saubere s</translation>
    </message>
    <message>
      <source>open</source>
      <translation>offen</translation>
    </message>
    <message>
      <source>closed</source>
      <translation>geschlossen</translation>
    </message>
    <message>
      <source>Eyes</source>
      <translation>Augen</translation>
    </message>
    <message>
      <source>Baseline, s</source>
      <translation>Ruhemessung, s</translation>
    </message>
    <message>
      <source>Clean at least, s</source>
      <translation>Davon sauber mindestens, s</translation>
    </message>
    <message>
      <source>60 or half</source>
      <translation>60 oder Hälfte</translation>
    </message>
    <message>
      <source>Rest after it, s</source>
      <translation>Ruhe danach, s</translation>
    </message>
    <message>
      <source>Length of a run, s</source>
      <translation>Länge eines Durchgangs, s</translation>
    </message>
    <message>
      <source>Rest between, s</source>
      <translation>Ruhe dazwischen, s</translation>
    </message>
    <message>
      <source>Only conditions on</source>
      <translation>Nur Bedingungen auf</translation>
    </message>
    <message>
      <source>all</source>
      <translation>alle</translation>
    </message>
    <message>
      <source>✓ fits: {sites}</source>
      <translation>✓ passt: {sites}</translation>
    </message>
    <message>
      <source>◐ adapted: {sites}</source>
      <translation>◐ angepasst: {sites}</translation>
    </message>
    <message>
      <source>✗ not possible</source>
      <translation>✗ nicht möglich</translation>
    </message>
    <message>
      <source>Any headset</source>
      <translation>Jedes Headset</translation>
    </message>
    <message>
      <source> + link {ms:.0f}</source>
      <translation> + Verbindung {ms:.0f}</translation>
    </message>
    <message>
      <source> + smooth {ms:.0f}</source>
      <translation> + Glättung {ms:.0f}</translation>
    </message>
    <message>
      <source> + hop {ms:.0f}</source>
      <translation> + Schritt {ms:.0f}</translation>
    </message>
    <message>
      <source>filter {ms:.0f}</source>
      <translation>Filter {ms:.0f}</translation>
    </message>
    <message>
      <source>Problems</source>
      <translation>Probleme</translation>
    </message>
    <message>
      <source>Feedback within {ms:.0f} ms is learned from best. A wider band or less smoothing is faster.</source>
      <translation>Aus Feedback innerhalb von {ms:.0f} ms lernt man am besten. Ein breiteres Band oder weniger Glättung ist schneller.</translation>
    </message>
    <message>
      <source>All within {ms:.0f} ms.</source>
      <translation>Alles innerhalb von {ms:.0f} ms.</translation>
    </message>
    <message>
      <source>Press sites on the map, or type them. Arrow keys move, Space chooses.</source>
      <translation>Klicken Sie Orte auf der Karte an, oder tippen Sie sie ein. Pfeiltasten bewegen, die Leertaste wählt.</translation>
    </message>
    <message>
      <source>At least so many of them</source>
      <translation>Mindestens so viele davon</translation>
    </message>
    <message>
      <source>the device's own</source>
      <translation>die des Geräts</translation>
    </message>
    <message>
      <source>average of all channels</source>
      <translation>Mittelwert aller Kanäle</translation>
    </message>
    <message>
      <source>linked ears, A1 and A2</source>
      <translation>verbundene Ohren, A1 und A2</translation>
    </message>
    <message>
      <source>behind the ears, TP9 and TP10</source>
      <translation>hinter den Ohren, TP9 und TP10</translation>
    </message>
    <message>
      <source>Reference</source>
      <translation>Referenz</translation>
    </message>
    <message>
      <source>Or the mean of these sites</source>
      <translation>Oder der Mittelwert dieser Stellen</translation>
    </message>
    <message>
      <source>On headsets without these sites</source>
      <translation>Bei Headsets ohne diese Orte</translation>
    </message>
    <message>
      <source>Tried in this order. Sessions on stand-ins are labelled adapted, unless the sources used them too.</source>
      <translation>In dieser Reihenfolge versucht. Sitzungen mit Ersatzorten werden als angepasst gekennzeichnet, außer die Quellen nutzten sie auch.</translation>
    </message>
    <message>
      <source>Add stand-ins</source>
      <translation>Ersatz hinzufügen</translation>
    </message>
    <message>
      <source>Stand-ins</source>
      <translation>Ersatzorte</translation>
    </message>
    <message>
      <source>Reference, if another</source>
      <translation>Referenz, falls anders</translation>
    </message>
    <message>
      <source>What is said about it</source>
      <translation>Was dazu gesagt wird</translation>
    </message>
    <message>
      <source>Label adapted</source>
      <translation>Als angepasst führen</translation>
    </message>
    <message>
      <source>Text of the protocol file</source>
      <translation>Text der Protokolldatei</translation>
    </message>
    <message>
      <source>line {n}</source>
      <translation>Zeile {n}</translation>
    </message>
    <message>
      <source>The film cannot be played: {reason}.</source>
      <translation>Der Film lässt sich nicht abspielen: {reason}.</translation>
    </message>
    <message>
      <source>This computer has no decoder for the film.</source>
      <translation>Dieser Computer hat keinen Decoder für den Film.</translation>
    </message>
    <message>
      <source>The file has no picture.</source>
      <translation>Die Datei enthält kein Bild.</translation>
    </message>
    <message>
      <source>The film has no length.</source>
      <translation>Der Film hat keine Länge.</translation>
    </message>
    <message>
      <source>The film has no sound: feedback is in its brightness alone.</source>
      <translation>Der Film hat keinen Ton: Das Feedback liegt allein in seiner Helligkeit.</translation>
    </message>
    <message>
      <source>{why} The calm scene is shown instead.</source>
      <translation>{why} Stattdessen wird die ruhige Szene gezeigt.</translation>
    </message>
    <message>
      <source>The film has brought no picture for {seconds:.0f} seconds.</source>
      <translation>Der Film hat seit {seconds:.0f} Sekunden kein Bild geliefert.</translation>
    </message>
    <message>
      <source>A picture of this film takes {ms:.0f} ms to fetch: fewer are shown.</source>
      <translation>Ein Bild dieses Films braucht {ms:.0f} ms zum Laden: Es werden weniger gezeigt.</translation>
    </message>
    <message>
      <source>No film has been chosen.</source>
      <translation>Es wurde kein Film gewählt.</translation>
    </message>
    <message>
      <source>{path} is a folder, not a film.</source>
      <translation>{path} ist ein Ordner, kein Film.</translation>
    </message>
    <message>
      <source>There is no file {path}.</source>
      <translation>Die Datei {path} gibt es nicht.</translation>
    </message>
    <message>
      <source>The file {path} is empty.</source>
      <translation>Die Datei {path} ist leer.</translation>
    </message>
    <message>
      <source>The file {path} cannot be read: {reason}.</source>
      <translation>Die Datei {path} ist nicht lesbar: {reason}.</translation>
    </message>
    <message>
      <source>This computer cannot play films: {reason}. The calm scene is shown instead.</source>
      <translation>Dieser Computer kann keine Filme abspielen: {reason}. Stattdessen wird die ruhige Szene gezeigt.</translation>
    </message>
    <message>
      <source>Bar</source>
      <translation>Balken</translation>
    </message>
    <message>
      <source>A column that rises and falls. The most direct, for measuring delays and for curious adults.</source>
      <translation>Eine Säule, die steigt und fällt. Am direktesten, zum Messen von Verzögerungen und für neugierige Erwachsene.</translation>
    </message>
    <message>
      <source>Dot</source>
      <translation>Punkt</translation>
    </message>
    <message>
      <source>A disc that grows and shrinks, as direct as the bar.</source>
      <translation>Eine Scheibe, die wächst und schrumpft, so direkt wie der Balken.</translation>
    </message>
    <message>
      <source>Dawn over a lake</source>
      <translation>Morgen am See</translation>
    </message>
    <message>
      <source>Light and clear air: the sun comes through the mist. For most people.</source>
      <translation>Licht und klare Luft: Die Sonne kommt durch den Nebel. Für die meisten Menschen.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the light come by itself.</source>
      <translation>Bleiben Sie ruhig und wach. Lassen Sie das Licht von selbst kommen.</translation>
    </message>
    <message>
      <source>Growing branch</source>
      <translation>Wachsender Zweig</translation>
    </message>
    <message>
      <source>Light falls on a branch that unfolds leaf by leaf, and never withers.</source>
      <translation>Licht fällt auf einen Zweig, der sich Blatt für Blatt entfaltet und nie welkt.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the branch grow by itself.</source>
      <translation>Bleiben Sie ruhig und wach. Lassen Sie den Zweig von selbst wachsen.</translation>
    </message>
    <message>
      <source>Own film</source>
      <translation>Eigener Film</translation>
    </message>
    <message>
      <source>A film of the client's: its brightness and volume follow. It never stops or rewinds.</source>
      <translation>Ein Film des Klienten: Helligkeit und Lautstärke folgen. Er hält nie an und spult nie zurück.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the film become bright by itself.</source>
      <translation>Bleiben Sie ruhig und wach. Lassen Sie den Film von selbst hell werden.</translation>
    </message>
    <message>
      <source>Sound, eyes closed</source>
      <translation>Ton, Augen geschlossen</translation>
    </message>
    <message>
      <source>A dark, quiet screen with one soft light; the feedback is in the sound.</source>
      <translation>Ein dunkler, ruhiger Bildschirm mit einem sanften Licht; das Feedback liegt im Ton.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the sound come by itself.</source>
      <translation>Bleiben Sie ruhig und wach. Lassen Sie den Ton von selbst kommen.</translation>
    </message>
    <message>
      <source>Gliding kite</source>
      <translation>Gleitender Drachen</translation>
    </message>
    <message>
      <source>One kite over plain ground: it flies faster or slower and never falls. From six years on.</source>
      <translation>Ein Drachen über schlichtem Grund: Er fliegt schneller oder langsamer und stürzt nie ab. Ab sechs Jahren.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the kite fly by itself.</source>
      <translation>Bleiben Sie ruhig und wach. Lassen Sie den Drachen von selbst fliegen.</translation>
    </message>
    <message>
      <source>Shade another window</source>
      <translation>Anderes Fenster abdunkeln</translation>
    </message>
    <message>
      <source>Dims what a screen shows, such as a film in a browser or a game; clicks go through.</source>
      <translation>Dimmt, was ein Bildschirm zeigt, etwa einen Film im Browser oder ein Spiel; Klicks gehen hindurch.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the picture become bright by itself.</source>
      <translation>Bleiben Sie ruhig und wach. Lassen Sie das Bild von selbst hell werden.</translation>
    </message>
    <message>
      <source>Wayland lets no program place a window over all others. Log in with X11 to shade other windows.</source>
      <translation>Wayland erlaubt keinem Programm ein Fenster über allen anderen. Melden Sie sich mit X11 an, um andere Fenster abzudunkeln.</translation>
    </message>
    <message>
      <source>This desktop draws windows without transparency. Turn its compositor on to shade other windows.</source>
      <translation>Dieser Desktop zeichnet Fenster ohne Transparenz. Schalten Sie seinen Compositor ein, um andere Fenster abzudunkeln.</translation>
    </message>
    <message>
      <source>There is no desktop here whose windows could be shaded.</source>
      <translation>Hier gibt es keinen Desktop, dessen Fenster sich abdunkeln ließen.</translation>
    </message>
    <message>
      <source>Search the glossary</source>
      <translation>Glossar durchsuchen</translation>
    </message>
    <message>
      <source>No such word. Try a shorter one.</source>
      <translation>Kein solches Wort. Versuchen Sie ein kürzeres.</translation>
    </message>
    <message>
      <source>Words of the field</source>
      <translation>Fachbegriffe</translation>
    </message>
    <message>
      <source>all keys</source>
      <translation>alle Tasten</translation>
    </message>
    <message>
      <source>begin, pause, go on</source>
      <translation>beginnen, pausieren, weiter</translation>
    </message>
    <message>
      <source>finish this stage</source>
      <translation>diesen Abschnitt beenden</translation>
    </message>
    <message>
      <source>look at the signal, and back</source>
      <translation>das Signal ansehen, und zurück</translation>
    </message>
    <message>
      <source>client's view fills the screen, and back</source>
      <translation>Klientenansicht im Vollbild, und zurück</translation>
    </message>
    <message>
      <source>show the operator's strip in one-screen mode</source>
      <translation>Bedienleiste im Ein-Bildschirm-Modus zeigen</translation>
    </message>
    <message>
      <source>blank the client view</source>
      <translation>Klientenansicht abdunkeln</translation>
    </message>
    <message>
      <source>mute the client</source>
      <translation>Klient stumm schalten</translation>
    </message>
    <message>
      <source>condition above</source>
      <translation>Bedingung darüber</translation>
    </message>
    <message>
      <source>condition below</source>
      <translation>Bedingung darunter</translation>
    </message>
    <message>
      <source>threshold − 2 %</source>
      <translation>Schwelle − 2 %</translation>
    </message>
    <message>
      <source>threshold + 2 %</source>
      <translation>Schwelle + 2 %</translation>
    </message>
    <message>
      <source>threshold − 0.5 %</source>
      <translation>Schwelle − 0,5 %</translation>
    </message>
    <message>
      <source>threshold + 0.5 %</source>
      <translation>Schwelle + 0,5 %</translation>
    </message>
    <message>
      <source>threshold − 10 %</source>
      <translation>Schwelle − 10 %</translation>
    </message>
    <message>
      <source>threshold + 10 %</source>
      <translation>Schwelle + 10 %</translation>
    </message>
    <message>
      <source>overall target − 5 %</source>
      <translation>Gesamtziel − 5 %</translation>
    </message>
    <message>
      <source>overall target + 5 %</source>
      <translation>Gesamtziel + 5 %</translation>
    </message>
    <message>
      <source>thresholds: hold or auto</source>
      <translation>Schwellen: Halten oder Auto</translation>
    </message>
    <message>
      <source>undo the last live change</source>
      <translation>letzte laufende Änderung zurücknehmen</translation>
    </message>
    <message>
      <source>larger traces</source>
      <translation>größere Kurven</translation>
    </message>
    <message>
      <source>smaller traces</source>
      <translation>kleinere Kurven</translation>
    </message>
    <message>
      <source>shorter sweep</source>
      <translation>kürzerer Ausschnitt</translation>
    </message>
    <message>
      <source>longer sweep</source>
      <translation>längerer Ausschnitt</translation>
    </message>
    <message>
      <source>spectrum or spectrogram</source>
      <translation>Spektrum oder Spektrogramm</translation>
    </message>
    <message>
      <source>mark this moment</source>
      <translation>diesen Moment markieren</translation>
    </message>
    <message>
      <source>quick marks: yawn, moved, talked, drowsy, insight, …</source>
      <translation>Kurzmarken: Gähnen, bewegt, geredet, schläfrig, Einsicht, …</translation>
    </message>
    <message>
      <source>write a note</source>
      <translation>Notiz schreiben</translation>
    </message>
    <message>
      <source>volumes</source>
      <translation>Lautstärken</translation>
    </message>
    <message>
      <source>end the break, as a presenter's remote does</source>
      <translation>die Pause beenden, wie mit einem Presenter</translation>
    </message>
    <message>
      <source>end the session; asks first</source>
      <translation>die Sitzung beenden; fragt vorher nach</translation>
    </message>
    <message>
      <source>mark {n}</source>
      <translation>Marke {n}</translation>
    </message>
    <message>
      <source>yawn</source>
      <translation>Gähnen</translation>
    </message>
    <message>
      <source>moved</source>
      <translation>bewegt</translation>
    </message>
    <message>
      <source>talked</source>
      <translation>geredet</translation>
    </message>
    <message>
      <source>drowsy</source>
      <translation>schläfrig</translation>
    </message>
    <message>
      <source>insight</source>
      <translation>Einsicht</translation>
    </message>
    <message>
      <source>Space</source>
      <translation>Leertaste</translation>
    </message>
    <message>
      <source>End and keep</source>
      <translation>Beenden, behalten</translation>
    </message>
    <message>
      <source>No samples for {n} seconds. What was recorded is safe.</source>
      <translation>Seit {n} Sekunden keine Messwerte. Was aufgezeichnet wurde, ist sicher.</translation>
    </message>
    <message>
      <source>Keep trying</source>
      <translation>Weiter versuchen</translation>
    </message>
    <message>
      <source>Switch device</source>
      <translation>Gerät wechseln</translation>
    </message>
    <message>
      <source>The link is back.</source>
      <translation>Verbindung wieder da.</translation>
    </message>
    <message>
      <source>The link is back. Checking the signal: {n} s</source>
      <translation>Die Verbindung ist wieder da. Das Signal wird geprüft: {n} s</translation>
    </message>
    <message>
      <source>The link is back. Checking the signal: going on in {n} s</source>
      <translation>Die Verbindung ist wieder da. Das Signal wird geprüft: weiter in {n} s</translation>
    </message>
    <message>
      <source>The signal is good. Going on in {n} …</source>
      <translation>Das Signal ist gut. Weiter in {n} …</translation>
    </message>
    <message>
      <source>Resume</source>
      <translation>Fortsetzen</translation>
    </message>
    <message>
      <source>Stay paused</source>
      <translation>Pausiert lassen</translation>
    </message>
    <message>
      <source>Skip</source>
      <translation>Auslassen</translation>
    </message>
    <message>
      <source>Only clean seconds count; the thresholds come from them.</source>
      <translation>Nur saubere Sekunden zählen; aus ihnen ergeben sich die Schwellen.</translation>
    </message>
    <message>
      <source>dotted: visit {n}</source>
      <translation>gepunktet: Termin {n}</translation>
    </message>
    <message>
      <source>clean: {so_far} so far, {needed} needed; it goes on</source>
      <translation>sauber: bisher {so_far}, nötig {needed}; es geht weiter</translation>
    </message>
    <message>
      <source>clean of {length}</source>
      <translation>sauber von {length}</translation>
    </message>
    <message>
      <source>({passed} passed)</source>
      <translation>({passed} vergangen)</translation>
    </message>
    <message>
      <source>Counting clean seconds</source>
      <translation>Saubere Sekunden werden gezählt</translation>
    </message>
    <message>
      <source>next: eyes closed, {length}</source>
      <translation>danach: Augen geschlossen, {length}</translation>
    </message>
    <message>
      <source>next: eyes open, {length}</source>
      <translation>danach: Augen offen, {length}</translation>
    </message>
    <message>
      <source>Waiting for the first seconds of signal …</source>
      <translation>Warten auf die ersten Sekunden Signal …</translation>
    </message>
    <message>
      <source>Baseline</source>
      <translation>Ruhemessung</translation>
    </message>
    <message>
      <source>Do this</source>
      <translation>Was tun</translation>
    </message>
    <message>
      <source>Thin and jagged is good, thick and fuzzy is muscle or mains, flat is off.</source>
      <translation>Dünn und gezackt ist gut, dick und pelzig ist Muskel oder Netzbrummen, flach heißt aus.</translation>
    </message>
    <message>
      <source>Ring: used by the protocol</source>
      <translation>Ring: vom Protokoll verwendet</translation>
    </message>
    <message>
      <source>{site} {grade}: {reason}</source>
      <translation>{site} {grade}: {reason}</translation>
    </message>
    <message>
      <source>Every needed site is good.</source>
      <translation>Jeder nötige Ort ist gut.</translation>
    </message>
    <message>
      <source>needed sites good for less than 5 s</source>
      <translation>nötige Orte seit weniger als 5 s gut</translation>
    </message>
    <message>
      <source>ready in {n} s …</source>
      <translation>bereit in {n} s …</translation>
    </message>
    <message>
      <source>Continue anyway (logged)</source>
      <translation>Trotzdem weiter (vermerkt)</translation>
    </message>
    <message>
      <source>Needed: {sites}</source>
      <translation>Nötig: {sites}</translation>
    </message>
    <message>
      <source>Relax the jaw</source>
      <translation>Kiefer lockern</translation>
    </message>
    <message>
      <source>Jaw relaxed: muscle {n} µV</source>
      <translation>Kiefer locker: Muskel {n} µV</translation>
    </message>
    <message>
      <source>Relax the jaw: muscle {n} µV</source>
      <translation>Kiefer lockern: Muskel {n} µV</translation>
    </message>
    <message>
      <source>Mains hum</source>
      <translation>Netzbrummen</translation>
    </message>
    <message>
      <source>Mains {hz} Hz</source>
      <translation>Netz {hz} Hz</translation>
    </message>
    <message>
      <source>Mains</source>
      <translation>Netz</translation>
    </message>
    <message>
      <source>{mains} low</source>
      <translation>{mains} niedrig</translation>
    </message>
    <message>
      <source>{mains} high</source>
      <translation>{mains} hoch</translation>
    </message>
    <message>
      <source>Blinks show at {shown}, not at {missing}: are two electrodes swapped?</source>
      <translation>Blinzeln zeigt sich an {shown}, nicht an {missing}: Sind zwei Elektroden vertauscht?</translation>
    </message>
    <message>
      <source>and {n} more</source>
      <translation>und {n} weitere</translation>
    </message>
    <message>
      <source>Blink {n} times</source>
      <translation>{n}-mal blinzeln</translation>
    </message>
    <message>
      <source>Blink {wanted} times: {n} seen on {where}</source>
      <translation>{wanted}-mal blinzeln: {n} gesehen an {where}</translation>
    </message>
    <message>
      <source>weak</source>
      <translation>schwach</translation>
    </message>
    <message>
      <source>not known yet</source>
      <translation>noch nicht bekannt</translation>
    </message>
    <message>
      <source>Search headsets</source>
      <translation>Headsets suchen</translation>
    </message>
    <message>
      <source>Scan</source>
      <translation>Suchen</translation>
    </message>
    <message>
      <source>Look for headsets and serial ports</source>
      <translation>Nach Headsets und seriellen Anschlüssen suchen</translation>
    </message>
    <message>
      <source>code, never a name (e.g. A031)</source>
      <translation>Code, nie ein Name (z. B. A031)</translation>
    </message>
    <message>
      <source>Connect</source>
      <translation>Verbinden</translation>
    </message>
    <message>
      <source>Show all</source>
      <translation>Alle zeigen</translation>
    </message>
    <message>
      <source>No headset of this name.</source>
      <translation>Kein Headset dieses Namens.</translation>
    </message>
    <message>
      <source>Send to
(optional)</source>
      <translation>Senden an
(optional)</translation>
    </message>
    <message>
      <source>Connection</source>
      <translation>Verbindung</translation>
    </message>
    <message>
      <source>Connect a headset</source>
      <translation>Headset verbinden</translation>
    </message>
    <message>
      <source>Connecting to {device} …</source>
      <translation>{device} wird verbunden …</translation>
    </message>
    <message>
      <source>Scanning …</source>
      <translation>Suche läuft …</translation>
    </message>
    <message>
      <source>No headset found. Switch it on, bring it near, and scan again.</source>
      <translation>Kein Headset gefunden. Schalten Sie es ein, bringen Sie es in die Nähe, und suchen Sie erneut.</translation>
    </message>
    <message>
      <source>Found (choose one to fill in the form):</source>
      <translation>Gefunden (eines wählen, um das Formular auszufüllen):</translation>
    </message>
    <message>
      <source>{device} · {n} channels · {hz} Hz · {sites}</source>
      <translation>{device} · {n} Kanäle · {hz} Hz · {sites}</translation>
    </message>
    <message>
      <source>{device} · channels and rate as the stream has them</source>
      <translation>{device} · Kanäle und Rate wie im Datenstrom</translation>
    </message>
    <message>
      <source>{field}
(optional)</source>
      <translation>{field}
(freiwillig)</translation>
    </message>
    <message>
      <source>No headset is chosen.</source>
      <translation>Kein Headset ist gewählt.</translation>
    </message>
    <message>
      <source>Choose one in the list.</source>
      <translation>Wählen Sie eines aus der Liste.</translation>
    </message>
    <message>
      <source>{device} needs: {fields}.</source>
      <translation>{device} braucht: {fields}.</translation>
    </message>
    <message>
      <source>Fill it in, or scan.</source>
      <translation>Füllen Sie es aus, oder suchen Sie.</translation>
    </message>
    <message>
      <source>No protocol is chosen.</source>
      <translation>Kein Protokoll ist gewählt.</translation>
    </message>
    <message>
      <source>Put a protocol file into the protocols folder.</source>
      <translation>Legen Sie eine Protokolldatei in den Ordner der Protokolle.</translation>
    </message>
    <message>
      <source>Verify</source>
      <translation>Prüfen</translation>
    </message>
    <message>
      <source>Recompute every decision and compare</source>
      <translation>Jede Entscheidung neu berechnen und vergleichen</translation>
    </message>
    <message>
      <source>Export…</source>
      <translation>Exportieren…</translation>
    </message>
    <message>
      <source>The session note as a PDF</source>
      <translation>Die Sitzungsnotiz als PDF</translation>
    </message>
    <message>
      <source>Record a session</source>
      <translation>Sitzung aufzeichnen</translation>
    </message>
    <message>
      <source>Drop a file or record a session.</source>
      <translation>Legen Sie eine Datei hier ab, oder zeichnen Sie eine Sitzung auf.</translation>
    </message>
    <message>
      <source>Drop an EDF, BDF, BrainVision, XDF or CSV file here</source>
      <translation>Legen Sie hier eine EDF-, BDF-, BrainVision-, XDF- oder CSV-Datei ab</translation>
    </message>
    <message>
      <source>Recording to replay</source>
      <translation>Aufzeichnung zur Wiedergabe</translation>
    </message>
    <message>
      <source>Browse</source>
      <translation>Auswählen</translation>
    </message>
    <message>
      <source>Protocol of the replay</source>
      <translation>Protokoll der Wiedergabe</translation>
    </message>
    <message>
      <source>Replay file</source>
      <translation>Datei wiedergeben</translation>
    </message>
    <message>
      <source>A replay is decided by the same engine as a live session. Nothing is recorded.</source>
      <translation>Eine Wiedergabe wird vom selben Rechenkern entschieden wie eine laufende Sitzung. Nichts wird aufgezeichnet.</translation>
    </message>
    <message>
      <source>Another file, or another protocol</source>
      <translation>Andere Datei oder anderes Protokoll</translation>
    </message>
    <message>
      <source>Length</source>
      <translation>Länge</translation>
    </message>
    <message>
      <source>complete</source>
      <translation>vollständig</translation>
    </message>
    <message>
      <source>recovered after an interruption</source>
      <translation>nach einer Unterbrechung gerettet</translation>
    </message>
    <message>
      <source>being recorded, or interrupted</source>
      <translation>wird aufgezeichnet oder wurde unterbrochen</translation>
    </message>
    <message>
      <source>cannot be read</source>
      <translation>nicht lesbar</translation>
    </message>
    <message>
      <source>As recorded</source>
      <translation>Wie aufgezeichnet</translation>
    </message>
    <message>
      <source>Reading …</source>
      <translation>Wird gelesen …</translation>
    </message>
    <message>
      <source>Recomputing every decision …</source>
      <translation>Jede Entscheidung wird neu berechnet …</translation>
    </message>
    <message>
      <source>Exporting …</source>
      <translation>Wird exportiert …</translation>
    </message>
    <message>
      <source>All files</source>
      <translation>Alle Dateien</translation>
    </message>
    <message>
      <source>Open a recording</source>
      <translation>Aufzeichnung öffnen</translation>
    </message>
    <message>
      <source>No file is chosen. Drop one here, or browse.</source>
      <translation>Keine Datei ist gewählt. Legen Sie eine hier ab, oder wählen Sie eine aus.</translation>
    </message>
    <message>
      <source>One more file was left out.</source>
      <translation>Eine weitere Datei wurde ausgelassen.</translation>
    </message>
    <message>
      <source>{n} more files were left out.</source>
      <translation>{n} weitere Dateien wurden ausgelassen.</translation>
    </message>
    <message>
      <source>{time} left of the break</source>
      <translation>noch {time} Pause</translation>
    </message>
    <message>
      <source>Keep</source>
      <translation>Behalten</translation>
    </message>
    <message>
      <source>Start the next run</source>
      <translation>Nächsten Durchgang starten</translation>
    </message>
    <message>
      <source>Re-check signal</source>
      <translation>Signal erneut prüfen</translation>
    </message>
    <message>
      <source>Note, Enter keeps it</source>
      <translation>Notiz, Enter behält sie</translation>
    </message>
    <message>
      <source>What the client sees in the next run</source>
      <translation>Was der Klient im nächsten Durchgang sieht</translation>
    </message>
    <message>
      <source>What the client hears in the next run</source>
      <translation>Was der Klient im nächsten Durchgang hört</translation>
    </message>
    <message>
      <source>client says: {feeling}</source>
      <translation>Klient sagt: {feeling}</translation>
    </message>
    <message>
      <source>How is it now?</source>
      <translation>Wie ist es jetzt?</translation>
    </message>
    <message>
      <source>Feedback for the next run</source>
      <translation>Feedback für den nächsten Durchgang</translation>
    </message>
    <message>
      <source>Client sees</source>
      <translation>Klient sieht</translation>
    </message>
    <message>
      <source>The client goes on with Space, Enter or {keys}, not before the time is over.</source>
      <translation>Der Klient macht mit Leertaste, Enter oder {keys} weiter, nicht vor Ablauf der Zeit.</translation>
    </message>
    <message>
      <source>The next run begins by itself.</source>
      <translation>Der nächste Durchgang beginnt von selbst.</translation>
    </message>
    <message>
      <source>Start run {n}</source>
      <translation>Durchgang {n} starten</translation>
    </message>
    <message>
      <source>Go on</source>
      <translation>Weiter</translation>
    </message>
    <message>
      <source>Run {n} done</source>
      <translation>Durchgang {n} fertig</translation>
    </message>
    <message>
      <source>Break</source>
      <translation>Pause</translation>
    </message>
    <message>
      <source>{share} in range · clean {clean} · rewards {n} in {time} of valid time</source>
      <translation>{share} im Zielbereich · sauber {clean} · Belohnungen {n} in {time} gültiger Zeit</translation>
    </message>
    <message>
      <source>Suggest {moves} (would have given {share})</source>
      <translation>Vorschlag: {moves} (hätte {share} ergeben)</translation>
    </message>
    <message>
      <source>Applied for the next run.</source>
      <translation>Für den nächsten Durchgang übernommen.</translation>
    </message>
    <message>
      <source>In the next run: {feedback}, {sound}</source>
      <translation>Im nächsten Durchgang: {feedback}, {sound}</translation>
    </message>
    <message>
      <source>Noted: {text}</source>
      <translation>Notiert: {text}</translation>
    </message>
    <message>
      <source>Research and education software for EEG self-regulation training. Not a medical device; not intended to diagnose, treat, cure, mitigate or prevent any disease, nor to replace care. Evidence for depression is preliminary. Do not change medication or other treatment because of it.</source>
      <translation>Forschungs- und Bildungssoftware für EEG-Selbstregulationstraining. Kein Medizinprodukt; nicht dazu bestimmt, Krankheiten zu diagnostizieren, zu behandeln, zu heilen, zu lindern oder ihnen vorzubeugen, und kein Ersatz für eine Versorgung. Die Evidenz bei Depression ist vorläufig. Ändern Sie ihretwegen weder Medikamente noch andere Behandlungen.</translation>
    </message>
    <message>
      <source>Neurofeedback</source>
      <translation>Neurofeedback</translation>
    </message>
    <message>
      <source>Measure a brain rhythm, reward it while it happens, keep an honest record. Nothing leaves this computer.</source>
      <translation>Einen Hirnrhythmus messen, ihn belohnen, während er auftritt, ehrlich festhalten. Nichts verlässt diesen Computer.</translation>
    </message>
    <message>
      <source>Try it now: synthetic headset</source>
      <translation>Jetzt ausprobieren: künstliches Headset</translation>
    </message>
    <message>
      <source>Connect my headset</source>
      <translation>Mein Headset verbinden</translation>
    </message>
    <message>
      <source>Open in replay</source>
      <translation>In Wiedergabe öffnen</translation>
    </message>
    <message>
      <source>Close  Ctrl+Enter</source>
      <translation>Schließen  Ctrl+Enter</translation>
    </message>
    <message>
      <source>Amplitude and threshold over the session</source>
      <translation>Amplitude und Schwelle über die Sitzung</translation>
    </message>
    <message>
      <source>Features are means over clean time. Saved in {folder}</source>
      <translation>Merkmale sind Mittelwerte über saubere Zeit. Gespeichert in {folder}</translation>
    </message>
    <message>
      <source>Features are means over clean time. Nothing was recorded.</source>
      <translation>Merkmale sind Mittelwerte über saubere Zeit. Es wurde nichts aufgezeichnet.</translation>
    </message>
    <message>
      <source>no session</source>
      <translation>keine Sitzung</translation>
    </message>
    <message>
      <source>Session summary · {reason}</source>
      <translation>Sitzungsabschluss · {reason}</translation>
    </message>
    <message>
      <source>minutes (means of {step} s, n = {n}; dashed: threshold)</source>
      <translation>Minuten (Mittelwerte von {step} s, n = {n}; gestrichelt: Schwelle)</translation>
    </message>
    <message>
      <source>{feature} and its threshold over {minutes} minutes</source>
      <translation>{feature} und Schwelle über {minutes} Minuten</translation>
    </message>
    <message>
      <source>% of valid time</source>
      <translation>% der gültigen Zeit</translation>
    </message>
    <message>
      <source>run (n = {n})</source>
      <translation>Durchgang (n = {n})</translation>
    </message>
    <message>
      <source>Time in range: {runs}</source>
      <translation>Zeit im Zielbereich: {runs}</translation>
    </message>
    <message>
      <source>run {n} {share}</source>
      <translation>Durchgang {n} {share}</translation>
    </message>
    <message>
      <source>Trained {time}</source>
      <translation>Trainiert {time}</translation>
    </message>
    <message>
      <source>clean {share}</source>
      <translation>sauber {share}</translation>
    </message>
    <message>
      <source>clean {share} (held: {causes})</source>
      <translation>sauber {share} (angehalten: {causes})</translation>
    </message>
    <message>
      <source>gaps {n}</source>
      <translation>Lücken {n}</translation>
    </message>
    <message>
      <source>gaps {n} ({missing})</source>
      <translation>Lücken {n} ({missing})</translation>
    </message>
    <message>
      <source>threshold changes {n}</source>
      <translation>Schwellenänderungen {n}</translation>
    </message>
    <message>
      <source>rewards {n}</source>
      <translation>Belohnungen {n}</translation>
    </message>
    <message>
      <source>loop delay {median} ms median, {p95} ms p95</source>
      <translation>Schleifenverzögerung {median} ms Median, {p95} ms p95</translation>
    </message>
    <message>
      <source>auto: score ≠ learning</source>
      <translation>auto: Score ≠ Lernen</translation>
    </message>
    <message>
      <source>Undo the last live change</source>
      <translation>Letzte laufende Änderung zurücknehmen</translation>
    </message>
    <message>
      <source>Blank</source>
      <translation>Dunkel</translation>
    </message>
    <message>
      <source>Blank the client view</source>
      <translation>Klientenansicht abdunkeln</translation>
    </message>
    <message>
      <source>Mute</source>
      <translation>Stumm</translation>
    </message>
    <message>
      <source>Mute the client</source>
      <translation>Klient stumm schalten</translation>
    </message>
    <message>
      <source>Stop and talk</source>
      <translation>Halt, sprechen</translation>
    </message>
    <message>
      <source>Pause, blank, and write a note</source>
      <translation>Pausieren, abdunkeln und eine Notiz schreiben</translation>
    </message>
    <message>
      <source>What the client sees now</source>
      <translation>Was der Klient jetzt sieht</translation>
    </message>
    <message>
      <source>Mark</source>
      <translation>Marke</translation>
    </message>
    <message>
      <source>amplitude</source>
      <translation>Amplitude</translation>
    </message>
    <message>
      <source>blink</source>
      <translation>Blinzeln</translation>
    </message>
    <message>
      <source>muscle</source>
      <translation>Muskel</translation>
    </message>
    <message>
      <source>held above: {limits}</source>
      <translation>angehalten über: {limits}</translation>
    </message>
    <message>
      <source>Note ({key}), Enter keeps it</source>
      <translation>Notiz ({key}), Enter behält sie</translation>
    </message>
    <message>
      <source>paused</source>
      <translation>pausiert</translation>
    </message>
    <message>
      <source>page {n} of {many}</source>
      <translation>Seite {n} von {many}</translation>
    </message>
    <message>
      <source>The client has no screen of their own. {key} shows the client's view on it, and comes back.</source>
      <translation>Der Klient hat keinen eigenen Bildschirm. {key} zeigt hier die Klientenansicht und kommt wieder zurück.</translation>
    </message>
    <message>
      <source>Use one-screen mode</source>
      <translation>Ein-Bildschirm-Modus nutzen</translation>
    </message>
    <message>
      <source>The client's screen is gone. Sound goes on, and the mirror shows the picture.</source>
      <translation>Der Bildschirm des Klienten ist nicht mehr da. Der Ton läuft weiter, und der Spiegel zeigt das Bild.</translation>
    </message>
    <message>
      <source>mark</source>
      <translation>Marke</translation>
    </message>
    <message>
      <source>went on from the signal check with {sites}</source>
      <translation>nach der Signalprüfung weiter mit {sites}</translation>
    </message>
    <message>
      <source>talked: </source>
      <translation>geredet: </translation>
    </message>
    <message>
      <source>Not now: there is no threshold before the baseline.</source>
      <translation>Jetzt nicht: Vor der Ruhemessung gibt es keine Schwelle.</translation>
    </message>
    <message>
      <source>target {share}</source>
      <translation>Ziel {share}</translation>
    </message>
    <message>
      <source>Nothing to undo.</source>
      <translation>Nichts zurückzunehmen.</translation>
    </message>
    <message>
      <source>Back to {what}.</source>
      <translation>Zurück zu: {what}.</translation>
    </message>
    <message>
      <source>Pause</source>
      <translation>Pausieren</translation>
    </message>
    <message>
      <source>Begin, pause, go on</source>
      <translation>Beginnen, pausieren, weiter</translation>
    </message>
    <message>
      <source>Next</source>
      <translation>Weiter</translation>
    </message>
    <message>
      <source>Next stage</source>
      <translation>Nächster Abschnitt</translation>
    </message>
    <message>
      <source>Open the client's window; the key fills its screen</source>
      <translation>Fenster des Klienten öffnen; die Taste füllt seinen Bildschirm</translation>
    </message>
    <message>
      <source>End</source>
      <translation>Ende</translation>
    </message>
    <message>
      <source>End the session and keep the data</source>
      <translation>Sitzung beenden und Daten behalten</translation>
    </message>
    <message>
      <source>Make it worse</source>
      <translation>Signal stören</translation>
    </message>
    <message>
      <source>Try the alarms on the demo signal</source>
      <translation>Die Warnungen am Demosignal ausprobieren</translation>
    </message>
    <message>
      <source>How much is shown</source>
      <translation>Wie viel gezeigt wird</translation>
    </message>
    <message>
      <source>The time now, and when the last run is over if nothing is held or paused.</source>
      <translation>Die Zeit jetzt, und wann der letzte Durchgang vorbei ist, wenn nichts angehalten oder pausiert wird.</translation>
    </message>
    <message>
      <source>How much is shown. The session and its recording are the same.</source>
      <translation>Wie viel gezeigt wird. Sitzung und Aufzeichnung sind dieselben.</translation>
    </message>
    <message>
      <source>Begin</source>
      <translation>Beginnen</translation>
    </message>
    <message>
      <source>{time} left in this stage</source>
      <translation>noch {time} in diesem Abschnitt</translation>
    </message>
    <message>
      <source>{now} → ends {end}</source>
      <translation>{now} → endet {end}</translation>
    </message>
    <message>
      <source>REC ● {length}</source>
      <translation>REC ● {length}</translation>
    </message>
    <message>
      <source>Simple</source>
      <translation>Einfach</translation>
    </message>
    <message>
      <source>Standard</source>
      <translation>Standard</translation>
    </message>
    <message>
      <source>Research</source>
      <translation>Forschung</translation>
    </message>
    <message>
      <source>Three blinks</source>
      <translation>Dreimal blinzeln</translation>
    </message>
    <message>
      <source>Muscle for 3 s</source>
      <translation>Muskel für 3 s</translation>
    </message>
    <message>
      <source>Lost contact for 14 s</source>
      <translation>Kontaktverlust für 14 s</translation>
    </message>
    <message>
      <source>Drop-out of 3 s</source>
      <translation>Aussetzer von 3 s</translation>
    </message>
    <message>
      <source>Lost link for 14 s</source>
      <translation>Verbindungsverlust 14 s</translation>
    </message>
    <message>
      <source>Next tip</source>
      <translation>Nächster Tipp</translation>
    </message>
    <message>
      <source>Tip {number} of {n}. {tip}</source>
      <translation>Tipp {number} von {n}. {tip}</translation>
    </message>
    <message>
      <source>Not now: {reason}</source>
      <translation>Jetzt nicht: {reason}</translation>
    </message>
    <message>
      <source>Marked: {text}</source>
      <translation>Markiert: {text}</translation>
    </message>
    <message>
      <source>Note kept.</source>
      <translation>Notiz behalten.</translation>
    </message>
    <message>
      <source>From the next stage on: {peak}</source>
      <translation>Ab dem nächsten Abschnitt: {peak}</translation>
    </message>
    <message>
      <source>Adapted to this headset: {note}</source>
      <translation>An dieses Headset angepasst: {note}</translation>
    </message>
    <message>
      <source>Baseline done</source>
      <translation>Ruhemessung beendet</translation>
    </message>
    <message>
      <source>Break: the client goes on</source>
      <translation>Pause: Der Klient macht weiter</translation>
    </message>
    <message>
      <source>{why}: a ring is shown instead of the chime.</source>
      <translation>{why}: Statt des Klangs wird ein Ring gezeigt.</translation>
    </message>
    <message>
      <source>Show</source>
      <translation>Zeigen</translation>
    </message>
    <message>
      <source>Unmute</source>
      <translation>Ton an</translation>
    </message>
    <message>
      <source>the thresholds before</source>
      <translation>vorherige Schwellen</translation>
    </message>
    <message>
      <source>automatic thresholds</source>
      <translation>automatische Schwellen</translation>
    </message>
    <message>
      <source>held thresholds</source>
      <translation>gehaltene Schwellen</translation>
    </message>
    <message>
      <source>the feedback before</source>
      <translation>vorheriges Feedback</translation>
    </message>
    <message>
      <source>the fixed bands</source>
      <translation>die festen Bänder</translation>
    </message>
    <message>
      <source>alpha peak {hz} Hz</source>
      <translation>Alphaspitze {hz} Hz</translation>
    </message>
    <message>
      <source>Waiting for the headset</source>
      <translation>Warten auf das Headset</translation>
    </message>
    <message>
      <source>Session ended</source>
      <translation>Sitzung beendet</translation>
    </message>
    <message>
      <source>Signal check</source>
      <translation>Signalprüfung</translation>
    </message>
    <message>
      <source>Baseline, eyes open</source>
      <translation>Ruhemessung, Augen offen</translation>
    </message>
    <message>
      <source>Baseline, eyes closed</source>
      <translation>Ruhemessung, Augen geschlossen</translation>
    </message>
    <message>
      <source>Run {run} of {n_runs}</source>
      <translation>Durchgang {run} von {n_runs}</translation>
    </message>
    <message>
      <source>Run {run} of {n_runs}, without feedback</source>
      <translation>Durchgang {run} von {n_runs}, ohne Feedback</translation>
    </message>
    <message>
      <source>Less than 500 MB are free on the disk.</source>
      <translation>Weniger als 500 MB sind auf dem Datenträger frei.</translation>
    </message>
    <message>
      <source>Less than 100 MB are free on the disk: make room, or end soon.</source>
      <translation>Weniger als 100 MB sind auf dem Datenträger frei: Schaffen Sie Platz, oder beenden Sie bald.</translation>
    </message>
    <message>
      <source>DEMO SIGNAL</source>
      <translation>DEMOSIGNAL</translation>
    </message>
    <message>
      <source>REPLAY — not live</source>
      <translation>WIEDERGABE — nicht live</translation>
    </message>
    <message>
      <source>sound on</source>
      <translation>Ton an</translation>
    </message>
    <message>
      <source>Still connecting.</source>
      <translation>Verbindet noch.</translation>
    </message>
    <message>
      <source>{stage} is running.</source>
      <translation>Es läuft: {stage}.</translation>
    </message>
    <message>
      <source>Keep going</source>
      <translation>Weitermachen</translation>
    </message>
    <message>
      <source>End and keep data</source>
      <translation>Beenden, Daten behalten</translation>
    </message>
    <message>
      <source>nfb {version} · Qt {qt} · Python {python}</source>
      <translation>nfb {version} · Qt {qt} · Python {python}</translation>
    </message>
    <message>
      <source>Licence</source>
      <translation>Lizenz</translation>
    </message>
    <message>
      <source>MIT licence: use, change and pass it on freely, with the notice, and without any warranty.</source>
      <translation>MIT-Lizenz: frei nutzen, ändern und weitergeben, mit dem Lizenzhinweis und ohne jede Gewährleistung.</translation>
    </message>
    <message>
      <source>Icons and typeface</source>
      <translation>Symbole und Schrift</translation>
    </message>
    <message>
      <source>The icons were drawn for this program and come under its licence. The typeface is the system's own; Atkinson Hyperlegible (SIL Open Font License) is used if you have installed it.</source>
      <translation>Die Symbole wurden für dieses Programm gezeichnet und stehen unter seiner Lizenz. Die Schrift ist die des Systems; Atkinson Hyperlegible (SIL Open Font License) wird verwendet, wenn Sie sie installiert haben.</translation>
    </message>
    <message>
      <source>Built on</source>
      <translation>Beruht auf</translation>
    </message>
    <message>
      <source>Appearance</source>
      <translation>Darstellung</translation>
    </message>
    <message>
      <source>Size of everything</source>
      <translation>Anzeigegröße</translation>
    </message>
    <message>
      <source>{n} %</source>
      <translation>{n} %</translation>
    </message>
    <message>
      <source>Takes effect when the program is started again.</source>
      <translation>Wirkt, sobald das Programm neu gestartet wird.</translation>
    </message>
    <message>
      <source>Reduced motion</source>
      <translation>Weniger Bewegung</translation>
    </message>
    <message>
      <source>Nothing moves by itself in the client's view; feedback is brightness and size alone.</source>
      <translation>In der Klientenansicht bewegt sich nichts von selbst; das Feedback liegt allein in Helligkeit und Größe.</translation>
    </message>
    <message>
      <source>High contrast</source>
      <translation>Hoher Kontrast</translation>
    </message>
    <message>
      <source>Black and white surfaces, stronger edges.</source>
      <translation>Schwarze und weiße Flächen, stärkere Kanten.</translation>
    </message>
    <message>
      <source>Typeface for low vision</source>
      <translation>Schrift bei Sehschwäche</translation>
    </message>
    <message>
      <source>Atkinson Hyperlegible.</source>
      <translation>Atkinson Hyperlegible.</translation>
    </message>
    <message>
      <source>Atkinson Hyperlegible is not installed on this computer. It is free: install it and come back.</source>
      <translation>Atkinson Hyperlegible ist auf diesem Computer nicht installiert. Die Schrift ist kostenlos: Installieren Sie sie, und kommen Sie zurück.</translation>
    </message>
    <message>
      <source>Language</source>
      <translation>Sprache</translation>
    </message>
    <message>
      <source>At {n} % the window needs {width} × {height} pixels, more than any screen here has.</source>
      <translation>Bei {n} % braucht das Fenster {width} × {height} Pixel, mehr als jeder Bildschirm hier hat.</translation>
    </message>
    <message>
      <source>As the system</source>
      <translation>Wie das System</translation>
    </message>
    <message>
      <source>Dark</source>
      <translation>Dunkel</translation>
    </message>
    <message>
      <source>Light</source>
      <translation>Hell</translation>
    </message>
    <message>
      <source>{name}: not available yet</source>
      <translation>{name}: noch nicht verfügbar</translation>
    </message>
    <message>
      <source>As the system, where available</source>
      <translation>Wie das System, wo verfügbar</translation>
    </message>
    <message>
      <source>This language is not available yet. The one before is kept.</source>
      <translation>Diese Sprache ist noch nicht verfügbar. Die bisherige bleibt.</translation>
    </message>
    <message>
      <source>The usual keys are used. {error}</source>
      <translation>Es gelten die Standardtasten. {error}</translation>
    </message>
    <message>
      <source>Data</source>
      <translation>Daten</translation>
    </message>
    <message>
      <source>Change…</source>
      <translation>Ändern…</translation>
    </message>
    <message>
      <source>Folder</source>
      <translation>Ordner</translation>
    </message>
    <message>
      <source>Client book</source>
      <translation>Klientenbuch</translation>
    </message>
    <message>
      <source>Test</source>
      <translation>Prüfen</translation>
    </message>
    <message>
      <source>File or database</source>
      <translation>Datei oder Datenbank</translation>
    </message>
    <message>
      <source>Several desks share a PostgreSQL database: postgresql://user:password@server/name</source>
      <translation>Mehrere Arbeitsplätze teilen sich eine PostgreSQL-Datenbank: postgresql://user:password@server/name</translation>
    </message>
    <message>
      <source>the usual file</source>
      <translation>die übliche Datei</translation>
    </message>
    <message>
      <source>At the desk</source>
      <translation>Am Arbeitsplatz</translation>
    </message>
    <message>
      <source>Your name in the audit trail and on notes; empty for the name of your account.</source>
      <translation>Ihr Name im Änderungsverlauf und auf Notizen; leer für den Namen Ihres Benutzerkontos.</translation>
    </message>
    <message>
      <source>Copy everything</source>
      <translation>Alles kopieren</translation>
    </message>
    <message>
      <source>All recordings, the client book if it is a file, and these settings, into a folder of your choice.</source>
      <translation>Alle Aufzeichnungen, das Klientenbuch, wenn es eine Datei ist, und diese Einstellungen in einen Ordner Ihrer Wahl.</translation>
    </message>
    <message>
      <source>Copy everything…</source>
      <translation>Alles kopieren…</translation>
    </message>
    <message>
      <source>The environment variable {name} decides this as long as it is set.</source>
      <translation>Die Umgebungsvariable {name} bestimmt dies, solange sie gesetzt ist.</translation>
    </message>
    <message>
      <source>Folder of recordings</source>
      <translation>Ordner der Aufzeichnungen</translation>
    </message>
    <message>
      <source>{place}: the room on its disk is not known.</source>
      <translation>{place}: Der freie Speicherplatz dort ist unbekannt.</translation>
    </message>
    <message>
      <source>{place}: room for {hours} hours of 8 channels at 250 Hz.</source>
      <translation>{place}: Platz für {hours} Stunden mit 8 Kanälen bei 250 Hz.</translation>
    </message>
    <message>
      <source>Looking …</source>
      <translation>Wird geprüft …</translation>
    </message>
    <message>
      <source>There is no client book yet; it is made when you use this place.</source>
      <translation>Es gibt noch kein Klientenbuch; es wird angelegt, wenn Sie diesen Ort verwenden.</translation>
    </message>
    <message>
      <source>Found: {n} client.</source>
      <translation>Gefunden: {n} Klient.</translation>
    </message>
    <message>
      <source>Found: {n} clients.</source>
      <translation>Gefunden: {n} Klienten.</translation>
    </message>
    <message>
      <source>In use: {place}</source>
      <translation>In Verwendung: {place}</translation>
    </message>
    <message>
      <source>It stands in the client book, which is not open yet.</source>
      <translation>Er steht im Klientenbuch, das noch nicht geöffnet ist.</translation>
    </message>
    <message>
      <source>Not set yet. Scales that ask about thoughts of death or self-harm wait for it.</source>
      <translation>Noch nicht eingetragen. Skalen, die nach Gedanken an Tod oder Selbstverletzung fragen, warten darauf.</translation>
    </message>
    <message>
      <source>Folder for the copy</source>
      <translation>Ordner für die Kopie</translation>
    </message>
    <message>
      <source>Copying …</source>
      <translation>Wird kopiert …</translation>
    </message>
    <message>
      <source>Copied to {place}</source>
      <translation>Kopiert nach {place}</translation>
    </message>
    <message>
      <source>“{text}” must be a whole path, from the root on.</source>
      <translation>„{text}“: Erwartet wird ein vollständiger Pfad, vom Wurzelverzeichnis an.</translation>
    </message>
    <message>
      <source>“{text}” is no folder that can be written. Choose another one.</source>
      <translation>In „{text}“ lässt sich nicht schreiben. Wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
      <source>“{text}”: a database's address begins with postgresql://</source>
      <translation>„{text}“: Die Adresse einer Datenbank beginnt mit postgresql://</translation>
    </message>
    <message>
      <source>“{text}” must be a whole path, or begin with postgresql://</source>
      <translation>„{text}“: Erwartet wird ein vollständiger Pfad oder eine Adresse, die beginnt mit postgresql://</translation>
    </message>
    <message>
      <source>Devices</source>
      <translation>Geräte</translation>
    </message>
    <message>
      <source>Headsets on a cable or a dongle are found here.</source>
      <translation>Hier werden Headsets an einem Kabel oder Dongle gefunden.</translation>
    </message>
    <message>
      <source>Use synthetic</source>
      <translation>Künstliches nutzen</translation>
    </message>
    <message>
      <source>Bluetooth help</source>
      <translation>Bluetooth-Hilfe</translation>
    </message>
    <message>
      <source>Usual headset</source>
      <translation>Standard-Headset</translation>
    </message>
    <message>
      <source>The connect page begins with it.</source>
      <translation>Die Verbindungsseite beginnt damit.</translation>
    </message>
    <message>
      <source>{name}, not in the catalogue</source>
      <translation>{name}, nicht im Katalog</translation>
    </message>
    <message>
      <source>None: choose each time</source>
      <translation>Keines: jedes Mal wählen</translation>
    </message>
    <message>
      <source>Scan again</source>
      <translation>Erneut suchen</translation>
    </message>
    <message>
      <source>No headset found. Switch it on, plug its dongle in, and scan again. Bluetooth headsets answer only when you connect to them: choose yours below, or see the Bluetooth help.</source>
      <translation>Kein Headset gefunden. Schalten Sie es ein, stecken Sie seinen Dongle ein, und suchen Sie erneut. Bluetooth-Headsets antworten erst, wenn Sie sich mit ihnen verbinden: Wählen Sie Ihres unten, oder sehen Sie in der Bluetooth-Hilfe nach.</translation>
    </message>
    <message>
      <source>Found:</source>
      <translation>Gefunden:</translation>
    </message>
    <message>
      <source>Connect to {board}</source>
      <translation>Mit {board} verbinden</translation>
    </message>
    <message>
      <source>Make usual</source>
      <translation>Als Standard</translation>
    </message>
    <message>
      <source>When a Bluetooth headset is not found</source>
      <translation>Wenn ein Bluetooth-Headset nicht gefunden wird</translation>
    </message>
    <message>
      <source>On every system: charge the headset and switch it on. Disconnect it from phones and from other programs, since it talks to one at a time. Keep it within two metres, with no body or metal case between. A USB adapter on a short extension lead does better than one built in.</source>
      <translation>Auf jedem System: Laden Sie das Headset, und schalten Sie es ein. Trennen Sie es von Telefonen und anderen Programmen, denn es spricht nur mit einem zugleich. Halten Sie es innerhalb von zwei Metern, ohne Körper oder Metallgehäuse dazwischen. Ein USB-Adapter an einem kurzen Verlängerungskabel ist besser als ein eingebauter.</translation>
    </message>
    <message>
      <source>Bluetooth must be on and not blocked (rfkill list), and the service running (systemctl status bluetooth). BrainFlow needs libdbus-1-3; paired headsets need libbluetooth3. Do not pair a Muse or a Ganglion in the system's settings: this program connects to it by itself. Serial dongles need you in the group dialout.</source>
      <translation>Bluetooth muss eingeschaltet und darf nicht blockiert sein (rfkill list), und der Dienst muss laufen (systemctl status bluetooth). BrainFlow braucht libdbus-1-3; gekoppelte Headsets brauchen libbluetooth3. Koppeln Sie ein Muse oder ein Ganglion nicht in den Einstellungen des Systems: Dieses Programm verbindet sich selbst damit. Für serielle Dongles müssen Sie in der Gruppe dialout sein.</translation>
    </message>
    <message>
      <source>Allow this program, or the terminal it was started from, under System Settings, Privacy &amp; Security, Bluetooth; then start it again. Do not pair a Muse or a Ganglion in the system's settings.</source>
      <translation>Erlauben Sie dieses Programm oder das Terminal, aus dem es gestartet wurde, unter Systemeinstellungen, Datenschutz &amp; Sicherheit, Bluetooth; starten Sie es dann neu. Koppeln Sie ein Muse oder ein Ganglion nicht in den Einstellungen des Systems.</translation>
    </message>
    <message>
      <source>Under Settings, Bluetooth &amp; devices, switch Bluetooth on and remove the headset there if it is listed: a paired Muse or Ganglion does not answer. Windows 10 (1903) or newer is needed. In the Device Manager, let the adapter not be switched off to save power.</source>
      <translation>Schalten Sie unter Einstellungen, Bluetooth und Geräte, Bluetooth ein, und entfernen Sie dort das Headset, falls es aufgeführt ist: Ein gekoppeltes Muse oder Ganglion antwortet nicht. Nötig ist Windows 10 (1903) oder neuer. Sorgen Sie im Geräte-Manager dafür, dass der Adapter nicht zum Energiesparen ausgeschaltet wird.</translation>
    </message>
    <message>
      <source>Choose an action and press its new key. Letters are letters while you type.</source>
      <translation>Wählen Sie eine Aktion, und drücken Sie ihre neue Taste. Beim Schreiben sind Buchstaben Buchstaben.</translation>
    </message>
    <message>
      <source>Change key</source>
      <translation>Taste ändern</translation>
    </message>
    <message>
      <source>Usual key</source>
      <translation>Standardtaste</translation>
    </message>
    <message>
      <source>All usual keys</source>
      <translation>Alle Standardtasten</translation>
    </message>
    <message>
      <source>All keys are the usual ones again.</source>
      <translation>Alle Tasten sind wieder die Standardtasten.</translation>
    </message>
    <message>
      <source>Key</source>
      <translation>Taste</translation>
    </message>
    <message>
      <source>Action</source>
      <translation>Aktion</translation>
    </message>
    <message>
      <source>The digits are quick marks.</source>
      <translation>Die Ziffern sind Kurzmarken.</translation>
    </message>
    <message>
      <source>Press the new key for “{action}”. Esc leaves it as it is.</source>
      <translation>Drücken Sie die neue Taste für „{action}“. Esc lässt sie, wie sie ist.</translation>
    </message>
    <message>
      <source>{key} means “{other}” already. Nothing was changed.</source>
      <translation>{key} bedeutet schon „{other}“. Es wurde nichts geändert.</translation>
    </message>
    <message>
      <source>{key} means “{action}” now.</source>
      <translation>{key} bedeutet jetzt „{action}“.</translation>
    </message>
    <message>
      <source>{key} means “{action}” again.</source>
      <translation>{key} bedeutet wieder „{action}“.</translation>
    </message>
    <message>
      <source>close what lies over the window</source>
      <translation>schließen, was über dem Fenster liegt</translation>
    </message>
    <message>
      <source>find a client</source>
      <translation>Klienten finden</translation>
    </message>
    <message>
      <source>go to the next part</source>
      <translation>zum nächsten Teil</translation>
    </message>
    <message>
      <source>go to a page</source>
      <translation>zu einer Seite</translation>
    </message>
    <message>
      <source>Continue</source>
      <translation>Weiter</translation>
    </message>
    <message>
      <source>Hidden while nobody was here</source>
      <translation>Verborgen, während niemand hier war</translation>
    </message>
    <message>
      <source>Sections of the settings</source>
      <translation>Bereiche der Einstellungen</translation>
    </message>
    <message>
      <source>Privacy</source>
      <translation>Datenschutz</translation>
    </message>
    <message>
      <source>Codes only</source>
      <translation>Nur Codes</translation>
    </message>
    <message>
      <source>Names of clients are hidden on every page and in reports made from now on; they stay in the client book, and its form for a client's details still shows them.</source>
      <translation>Namen von Klienten sind auf jeder Seite und in ab jetzt erstellten Berichten verborgen; sie bleiben im Klientenbuch, und dessen Formular für die Angaben eines Klienten zeigt sie weiterhin.</translation>
    </message>
    <message>
      <source>Hide after</source>
      <translation>Verbergen nach</translation>
    </message>
    <message>
      <source>minutes without a key or a click; 0 for never</source>
      <translation>Minuten ohne Taste oder Klick; 0 für nie</translation>
    </message>
    <message>
      <source>The window then shows nothing until somebody presses Continue. It keeps passing eyes out; it asks for no password and protects no file. Lock the computer itself for that. While a session runs nothing is hidden.</source>
      <translation>Das Fenster zeigt dann nichts, bis jemand auf „Weiter“ drückt. Es schützt vor Blicken im Vorbeigehen; es fragt nach keinem Passwort und schützt keine Datei. Sperren Sie dafür den Computer selbst. Während eine Sitzung läuft, wird nichts verborgen.</translation>
    </message>
    <message>
      <source>What is stored where</source>
      <translation>Was wo gespeichert ist</translation>
    </message>
    <message>
      <source>Nothing leaves this computer, unless you chose a database on another one.</source>
      <translation>Nichts verlässt diesen Computer, außer Sie haben eine Datenbank auf einem anderen gewählt.</translation>
    </message>
    <message>
      <source>Recordings, under a client's code and never a name: {place}</source>
      <translation>Aufzeichnungen, unter dem Code eines Klienten und nie unter einem Namen: {place}</translation>
    </message>
    <message>
      <source>Names, plans, ratings, notes and the audit trail: {place}</source>
      <translation>Namen, Pläne, Bewertungen, Notizen und der Änderungsverlauf: {place}</translation>
    </message>
    <message>
      <source>These settings: {place}</source>
      <translation>Diese Einstellungen: {place}</translation>
    </message>
    <message>
      <source>Screens</source>
      <translation>Bildschirme</translation>
    </message>
    <message>
      <source>Shows a numeral on each for two seconds</source>
      <translation>Zeigt zwei Sekunden lang auf jedem eine Zahl</translation>
    </message>
    <message>
      <source>Identify</source>
      <translation>Zuordnen</translation>
    </message>
    <message>
      <source>Client's screen</source>
      <translation>Bildschirm des Klienten</translation>
    </message>
    <message>
      <source>If it is not plugged in, the client's view takes any screen but the operator's.</source>
      <translation>Ist er nicht angeschlossen, nimmt die Klientenansicht einen beliebigen Bildschirm außer dem des Bedieners.</translation>
    </message>
    <message>
      <source>{name}, not plugged in</source>
      <translation>{name}, nicht angeschlossen</translation>
    </message>
    <message>
      <source>One screen for both</source>
      <translation>Ein Bildschirm für beide</translation>
    </message>
    <message>
      <source>The client's view fills the operator's screen instead of a window of its own. A key goes to and fro; the client hears sound all the while.</source>
      <translation>Die Klientenansicht füllt den Bildschirm des Bedieners statt eines eigenen Fensters. Eine Taste wechselt hin und her; der Klient hört die ganze Zeit Ton.</translation>
    </message>
    <message>
      <source> · this window</source>
      <translation> · dieses Fenster</translation>
    </message>
    <message>
      <source>One screen found: use one screen for both.</source>
      <translation>Ein Bildschirm gefunden: Nutzen Sie „Ein Bildschirm für beide“.</translation>
    </message>
    <message>
      <source>Any but the operator's</source>
      <translation>Jeder außer dem des Bedieners</translation>
    </message>
    <message>
      <source>Screen {number}</source>
      <translation>Bildschirm {number}</translation>
    </message>
    <message>
      <source>{words} = “{text}”: must be a whole number from {low} to {high}.</source>
      <translation>{words} = „{text}“: Erwartet wird eine ganze Zahl von {low} bis {high}.</translation>
    </message>
    <message>
      <source>Test tone</source>
      <translation>Testton</translation>
    </message>
    <message>
      <source>Volume</source>
      <translation>Lautstärke</translation>
    </message>
    <message>
      <source>The volume holds where a client's plan says nothing else. Full volume is soft already.</source>
      <translation>Die Lautstärke gilt, wo der Plan eines Klienten nichts anderes sagt. Volle Lautstärke ist schon sanft.</translation>
    </message>
    <message>
      <source>Operator</source>
      <translation>Bediener</translation>
    </message>
    <message>
      <source>A soft tone when something needs a hand</source>
      <translation>Ein sanfter Ton, wenn Sie gebraucht werden</translation>
    </message>
    <message>
      <source>It needs a device that the client does not hear; on the client's own device it stays silent, and the bar at the top of the window says it alone.</source>
      <translation>Das braucht ein Gerät, das der Klient nicht hört; auf dem Gerät des Klienten bleibt es still, und nur die Leiste oben im Fenster meldet es.</translation>
    </message>
    <message>
      <source>Device for alerts</source>
      <translation>Gerät für Hinweistöne</translation>
    </message>
    <message>
      <source>Volume of alerts</source>
      <translation>Lautstärke Hinweistöne</translation>
    </message>
    <message>
      <source>No sound device was found. Sessions work without: rewards are shown.</source>
      <translation>Kein Tongerät gefunden. Sitzungen laufen auch ohne: Belohnungen werden gezeigt.</translation>
    </message>
    <message>
      <source>The system's default device</source>
      <translation>Das Standardgerät des Systems</translation>
    </message>
    <message>
      <source>None</source>
      <translation>Keines</translation>
    </message>
    <message>
      <source>Choose a device for alerts first.</source>
      <translation>Wählen Sie zuerst ein Gerät für Hinweistöne.</translation>
    </message>
    <message>
      <source>A soft tone sounds on {device}.</source>
      <translation>Ein sanfter Ton erklingt auf {device}.</translation>
    </message>
    <message>
      <source>Nothing is heard: {why}.</source>
      <translation>Nichts zu hören: {why}.</translation>
    </message>
    <message>
      <source>The program could not be loaded: {error}</source>
      <translation>Das Programm konnte nicht geladen werden: {error}</translation>
    </message>
    <message>
      <source>Review</source>
      <translation>Ansehen</translation>
    </message>
    <message>
      <source>The check-in is not finished.</source>
      <translation>Die Eingangsfragen sind nicht abgeschlossen.</translation>
    </message>
    <message>
      <source>Go on with it</source>
      <translation>Weiter damit</translation>
    </message>
    <message>
      <source>Close without it</source>
      <translation>Ohne sie schließen</translation>
    </message>
    <message>
      <source>A neurofeedback session is running.</source>
      <translation>Eine Neurofeedback-Sitzung läuft.</translation>
    </message>
    <message>
      <source>This computer may go to sleep by itself: switch that off in its power settings.</source>
      <translation>Dieser Computer kann von selbst einschlafen: Schalten Sie das in den Energieeinstellungen ab.</translation>
    </message>
    <message>
      <source>The computer slept for {time}. What was recorded before is safe; look at the signal.</source>
      <translation>Der Computer hat {time} geschlafen. Was vorher aufgezeichnet wurde, ist sicher; sehen Sie sich das Signal an.</translation>
    </message>
    <message>
      <source>The raw EEG runs from left to right. Hatched time is held: the words above say why, and it never counts.</source>
      <translation>Das rohe EEG läuft von links nach rechts. Schraffierte Zeit ist angehalten: Die Worte darüber sagen, warum, und sie zählt nie.</translation>
    </message>
    <message>
      <source>Drag the marker on a bar to move its threshold; {up} {down} choose the bar, {less} {more} move it by 2 %, {undo} undoes.</source>
      <translation>Ziehen Sie die Marke an einem Balken, um seine Schwelle zu verschieben; {up} {down} wählen den Balken, {less} {more} verschieben sie um 2 %, {undo} nimmt zurück.</translation>
    </message>
    <message>
      <source>Hold keeps the thresholds of the clean baseline. Auto follows the signal, and hides learning.</source>
      <translation>„Halten“ behält die Schwellen der sauberen Ruhemessung. „Auto“ folgt dem Signal und verdeckt das Lernen.</translation>
    </message>
    <message>
      <source>{mark} marks a moment, 1 to 9 say what it was, {note} writes a note. All of it goes into the recording.</source>
      <translation>{mark} markiert einen Moment, 1 bis 9 sagen, was es war, {note} schreibt eine Notiz. Alles davon geht in die Aufzeichnung.</translation>
    </message>
    <message>
      <source>{key} shows the client's view on the whole screen; the small picture below the traces is its mirror.</source>
      <translation>{key} zeigt die Klientenansicht auf dem ganzen Bildschirm; das kleine Bild unter den Kurven ist ihr Spiegel.</translation>
    </message>
    <message>
      <source>“Make it worse” lets you meet the alarms: blinks, muscle, lost contact, a drop-out, a lost link.</source>
      <translation>Mit „Signal stören“ lernen Sie die Warnungen kennen: Blinzeln, Muskel, Kontaktverlust, ein Aussetzer, eine verlorene Verbindung.</translation>
    </message>
    <message>
      <source>Mood</source>
      <translation>Stimmung</translation>
    </message>
    <message>
      <source>very low</source>
      <translation>sehr niedrig</translation>
    </message>
    <message>
      <source>very good</source>
      <translation>sehr gut</translation>
    </message>
    <message>
      <source>Energy</source>
      <translation>Energie</translation>
    </message>
    <message>
      <source>plenty</source>
      <translation>reichlich</translation>
    </message>
    <message>
      <source>Stress</source>
      <translation>Stress</translation>
    </message>
    <message>
      <source>very much</source>
      <translation>sehr viel</translation>
    </message>
    <message>
      <source>Sleep</source>
      <translation>Schlaf</translation>
    </message>
    <message>
      <source>very poor</source>
      <translation>kaum erholsam</translation>
    </message>
    <message>
      <source>No</source>
      <translation>Nein</translation>
    </message>
    <message>
      <source>Yes …</source>
      <translation>Ja …</translation>
    </message>
    <message>
      <source>Note on today</source>
      <translation>Notiz zu heute</translation>
    </message>
    <message>
      <source>Show on client screen</source>
      <translation>Beim Klienten zeigen</translation>
    </message>
    <message>
      <source>Next: signal  ⏎</source>
      <translation>Weiter: Signal  ⏎</translation>
    </message>
    <message>
      <source>Visit {n} · {client}</source>
      <translation>Termin {n} · {client}</translation>
    </message>
    <message>
      <source>after the last visit: {effects}</source>
      <translation>nach dem letzten Termin: {effects}</translation>
    </message>
    <message>
      <source>alpha peak {hz} Hz, visit {n}</source>
      <translation>Alphaspitze {hz} Hz, Termin {n}</translation>
    </message>
    <message>
      <source>Own items</source>
      <translation>Eigene Fragen</translation>
    </message>
    <message>
      <source>Medication or other treatment changed?</source>
      <translation>Medikamente oder andere Behandlung geändert?</translation>
    </message>
    <message>
      <source>Medication and other treatments change the EEG and the mood: what began, changed or stopped.</source>
      <translation>Medikamente und andere Behandlungen verändern EEG und Stimmung: was begann, sich änderte oder endete.</translation>
    </message>
    <message>
      <source>No change</source>
      <translation>Keine Änderung</translation>
    </message>
    <message>
      <source>Changed</source>
      <translation>Geändert</translation>
    </message>
    <message>
      <source>Medication or other treatment: {said}</source>
      <translation>Medikament oder andere Behandlung: {said}</translation>
    </message>
    <message>
      <source>Kept with the visit and printed in the session note.</source>
      <translation>Wird beim Termin behalten und in der Sitzungsnotiz gedruckt.</translation>
    </message>
    <message>
      <source>Back to the client's page; nothing is kept.</source>
      <translation>Zurück zur Seite des Klienten; nichts wird behalten.</translation>
    </message>
    <message>
      <source>Keep the answers and go on to the signal check (Enter).</source>
      <translation>Antworten behalten und weiter zur Signalprüfung (Enter).</translation>
    </message>
    <message>
      <source>The client answers on their own screen, one question at a time.</source>
      <translation>Der Klient antwortet auf dem eigenen Bildschirm, eine Frage nach der anderen.</translation>
    </message>
    <message>
      <source>Check-in, signal, baseline, training, wrap-up; the line is where the slot ends.</source>
      <translation>Ankommen, Signal, Ruhemessung, Training, Abschluss; der Strich ist das Ende des Zeitfensters.</translation>
    </message>
    <message>
      <source>What to mind with this client, and what the last visit left.</source>
      <translation>Worauf bei diesem Klienten zu achten ist, und was vom letzten Termin blieb.</translation>
    </message>
    <message>
      <source>Leave without it</source>
      <translation>Ohne sie verlassen</translation>
    </message>
    <message>
      <source>What was answered here is not kept if you leave.</source>
      <translation>Was hier beantwortet wurde, geht beim Verlassen verloren.</translation>
    </message>
    <message>
      <source>Choose a protocol.</source>
      <translation>Wählen Sie ein Protokoll.</translation>
    </message>
    <message>
      <source>The visit would end after its slot:</source>
      <translation>Der Termin würde nach seinem Zeitfenster enden:</translation>
    </message>
    <message>
      <source>Use last visit's thresholds</source>
      <translation>Schwellen des letzten Termins nutzen</translation>
    </message>
    <message>
      <source>{runs} × {length}</source>
      <translation>{runs} × {length}</translation>
    </message>
    <message>
      <source>Hours slept</source>
      <translation>Stunden geschlafen</translation>
    </message>
    <message>
      <source>Caffeine, cups</source>
      <translation>Koffein, Tassen</translation>
    </message>
    <message>
      <source>Alcohol, drinks</source>
      <translation>Alkohol, Gläser</translation>
    </message>
    <message>
      <source>Hours of sleep last night. After a short night one is drowsy sooner.</source>
      <translation>Stunden Schlaf in der letzten Nacht. Nach einer kurzen Nacht wird man früher schläfrig.</translation>
    </message>
    <message>
      <source>Cups of coffee, tea or cola so far today. Caffeine makes alpha smaller.</source>
      <translation>Tassen Kaffee, Tee oder Cola heute bisher. Koffein macht Alpha kleiner.</translation>
    </message>
    <message>
      <source>Drinks since yesterday. Alcohol changes the EEG and the sleep.</source>
      <translation>Alkoholische Getränke seit gestern. Alkohol verändert das EEG und den Schlaf.</translation>
    </message>
    <message>
      <source>In pain, or a headache, now. It is compared with what is told after the session.</source>
      <translation>Jetzt Schmerzen oder Kopfschmerzen. Wird mit dem verglichen, was nach der Sitzung gesagt wird.</translation>
    </message>
    <message>
      <source>Sleepy now. Drowsiness looks like theta, and hides learning.</source>
      <translation>Jetzt schläfrig. Schläfrigkeit sieht aus wie Theta und verdeckt das Lernen.</translation>
    </message>
    <message>
      <source>Pain or headache</source>
      <translation>Schmerz oder Kopfweh</translation>
    </message>
    <message>
      <source>Drowsy</source>
      <translation>Schläfrig</translation>
    </message>
    <message>
      <source>Length of a run</source>
      <translation>Länge eines Durchgangs</translation>
    </message>
    <message>
      <source>client may end the break</source>
      <translation>Klient darf die Pause beenden</translation>
    </message>
    <message>
      <source>Send EEG, feedback and markers to other programs while the session runs.</source>
      <translation>EEG, Feedback und Markierungen während der Sitzung an andere Programme senden.</translation>
    </message>
    <message>
      <source>Comfort</source>
      <translation>Komfort</translation>
    </message>
    <message>
      <source>Sets target, runs, feedback and sound for how the client is; each can then be changed.</source>
      <translation>Setzt Ziel, Durchgänge, Feedback und Ton passend zum Klienten; jedes davon lässt sich danach ändern.</translation>
    </message>
    <message>
      <source>What the EEG comes from, and where it is connected.</source>
      <translation>Woher das EEG kommt und wo es angeschlossen ist.</translation>
    </message>
    <message>
      <source>After a break the session waits until the client presses a key.</source>
      <translation>Nach einer Pause wartet die Sitzung, bis der Klient eine Taste drückt.</translation>
    </message>
    <message>
      <source>What the client hears all the while; its volume follows the feedback.</source>
      <translation>Was der Klient die ganze Zeit hört; die Lautstärke folgt dem Feedback.</translation>
    </message>
    <message>
      <source>Number of runs</source>
      <translation>Zahl der Durchgänge</translation>
    </message>
    <message>
      <source>Length of a run, minutes and seconds</source>
      <translation>Länge eines Durchgangs, Minuten und Sekunden</translation>
    </message>
    <message>
      <source>Break, minutes and seconds</source>
      <translation>Pause, Minuten und Sekunden</translation>
    </message>
    <message>
      <source>What the client sees</source>
      <translation>Was der Klient sieht</translation>
    </message>
    <message>
      <source>What the client hears</source>
      <translation>Was der Klient hört</translation>
    </message>
    <message>
      <source>Tone for a reward</source>
      <translation>Ton für Belohnung</translation>
    </message>
    <message>
      <source>thresholds of visit {n}</source>
      <translation>Schwellen von Termin {n}</translation>
    </message>
    <message>
      <source>From {day}; the baseline is then one minute.</source>
      <translation>Vom {day}; die Ruhemessung dauert dann eine Minute.</translation>
    </message>
    <message>
      <source>Target, runs and feedback are the protocol’s.</source>
      <translation>Ziel, Durchgänge und Feedback bestimmt das Protokoll.</translation>
    </message>
    <message>
      <source>Other programs: on</source>
      <translation>Andere Programme: an</translation>
    </message>
    <message>
      <source>Other programs …</source>
      <translation>Andere Programme …</translation>
    </message>
    <message>
      <source>{field} = {text}: must be from {low} to {high}, minutes and seconds.</source>
      <translation>{field} = {text}: Erwartet wird ein Wert von {low} bis {high}, Minuten und Sekunden.</translation>
    </message>
    <message>
      <source>none of these</source>
      <translation>nichts davon</translation>
    </message>
    <message>
      <source>other …</source>
      <translation>andere …</translation>
    </message>
    <message>
      <source>Another effect</source>
      <translation>Andere Wirkung</translation>
    </message>
    <message>
      <source>What, in a few words</source>
      <translation>Was, in wenigen Worten</translation>
    </message>
    <message>
      <source>operator</source>
      <translation>Bediener</translation>
    </message>
    <message>
      <source>SIMULATED SIGNAL</source>
      <translation>SIMULIERTES SIGNAL</translation>
    </message>
    <message>
      <source>Reason for going on</source>
      <translation>Grund für das Weitermachen</translation>
    </message>
    <message>
      <source>Why it is passed today (goes into the client book)</source>
      <translation>Warum es heute übergangen wird (geht ins Klientenbuch)</translation>
    </message>
    <message>
      <source>What was done, and with whom</source>
      <translation>Was getan wurde, und mit wem</translation>
    </message>
    <message>
      <source>Protocol's display</source>
      <translation>Anzeige des Protokolls</translation>
    </message>
    <message>
      <source>Usual sound</source>
      <translation>Üblicher Ton</translation>
    </message>
    <message>
      <source>tired</source>
      <translation>müde</translation>
    </message>
    <message>
      <source>headache</source>
      <translation>Kopfweh</translation>
    </message>
    <message>
      <source>wired</source>
      <translation>aufgedreht</translation>
    </message>
    <message>
      <source>low mood</source>
      <translation>gedrückt</translation>
    </message>
    <message>
      <source>dizzy</source>
      <translation>schwindlig</translation>
    </message>
    <message>
      <source>mild</source>
      <translation>leicht</translation>
    </message>
    <message>
      <source>moderate</source>
      <translation>mittel</translation>
    </message>
    <message>
      <source>severe</source>
      <translation>schwer</translation>
    </message>
    <message>
      <source>calmer</source>
      <translation>ruhiger</translation>
    </message>
    <message>
      <source>same</source>
      <translation>gleich</translation>
    </message>
    <message>
      <source>restless</source>
      <translation>unruhig</translation>
    </message>
    <message>
      <source>No run was finished.</source>
      <translation>Kein Durchgang wurde beendet.</translation>
    </message>
    <message>
      <source>not judged</source>
      <translation>nicht beurteilt</translation>
    </message>
    <message>
      <source>Reading the recording …</source>
      <translation>Die Aufzeichnung wird gelesen …</translation>
    </message>
    <message>
      <source>Amplitude and threshold: not read yet</source>
      <translation>Amplitude und Schwelle: noch nicht gelesen</translation>
    </message>
    <message>
      <source>There is no recording to show.</source>
      <translation>Es gibt keine Aufzeichnung zu zeigen.</translation>
    </message>
    <message>
      <source>{feature} {value:.1f} {unit} on average</source>
      <translation>{feature} im Mittel {value:.1f} {unit}</translation>
    </message>
    <message>
      <source>{minutes:.0f} min</source>
      <translation>{minutes:.0f} min</translation>
    </message>
    <message>
      <source>last {n}</source>
      <translation>zuletzt {n}</translation>
    </message>
    <message>
      <source>Thank you.</source>
      <translation>Vielen Dank.</translation>
    </message>
    <message>
      <source>not answered</source>
      <translation>nicht beantwortet</translation>
    </message>
    <message>
      <source>{n} of 10</source>
      <translation>{n} von 10</translation>
    </message>
    <message>
      <source>{n} min, ends {at}</source>
      <translation>{n} min, endet {at}</translation>
    </message>
    <message>
      <source>{words} · slot ends {at}</source>
      <translation>{words} · Zeitfenster endet {at}</translation>
    </message>
    <message>
      <source>Name, e.g. sertraline</source>
      <translation>Name, z. B. Sertralin</translation>
    </message>
    <message>
      <source>Time</source>
      <translation>Zeit</translation>
    </message>
    <message>
      <source>What kind of treatment it is</source>
      <translation>Welche Art von Behandlung es ist</translation>
    </message>
    <message>
      <source>Name of the medication or treatment</source>
      <translation>Name des Medikaments oder der Behandlung</translation>
    </message>
    <message>
      <source>Whether it began, was changed, or stopped</source>
      <translation>Ob es begann, geändert wurde oder endete</translation>
    </message>
    <message>
      <source>Dose with its unit, as it is now</source>
      <translation>Dosis mit Einheit, wie sie jetzt ist</translation>
    </message>
    <message>
      <source>The day on which it happened</source>
      <translation>Der Tag, an dem es geschah</translation>
    </message>
    <message>
      <source>The time of the day, if it is known</source>
      <translation>Die Uhrzeit, wenn sie bekannt ist</translation>
    </message>
    <message>
      <source>Not in the client book yet: {error}</source>
      <translation>Noch nicht im Klientenbuch: {error}</translation>
    </message>
    <message>
      <source>Write the code of the right client and why.</source>
      <translation>Schreiben Sie den Code des richtigen Klienten und den Grund.</translation>
    </message>
    <message>
      <source>The session belongs to {client} now.</source>
      <translation>Die Sitzung gehört nun zu {client}.</translation>
    </message>
    <message>
      <source>Note of this visit</source>
      <translation>Notiz zu diesem Termin</translation>
    </message>
    <message>
      <source>Next visit</source>
      <translation>Nächster Termin</translation>
    </message>
    <message>
      <source>Sign as</source>
      <translation>Signieren als</translation>
    </message>
    <message>
      <source>Client PDF</source>
      <translation>Klienten-PDF</translation>
    </message>
    <message>
      <source>Note PDF</source>
      <translation>Notiz-PDF</translation>
    </message>
    <message>
      <source>Wrong client …</source>
      <translation>Falscher Klient …</translation>
    </message>
    <message>
      <source>Save &amp;&amp; close</source>
      <translation>Speichern &amp;&amp; schließen</translation>
    </message>
    <message>
      <source>Save and close (Ctrl+Enter)</source>
      <translation>Speichern und schließen (Ctrl+Enter)</translation>
    </message>
    <message>
      <source>Leave without</source>
      <translation>Ohne Speichern verlassen</translation>
    </message>
    <message>
      <source>The recording is on disk</source>
      <translation>Die Aufzeichnung ist gespeichert</translation>
    </message>
    <message>
      <source>Code of the right client</source>
      <translation>Code des richtigen Klienten</translation>
    </message>
    <message>
      <source>Why (goes into both audit trails)</source>
      <translation>Grund (geht in beide Änderungsverläufe)</translation>
    </message>
    <message>
      <source>Reassign session</source>
      <translation>Sitzung neu zuordnen</translation>
    </message>
    <message>
      <source>Before → after</source>
      <translation>Vorher → nachher</translation>
    </message>
    <message>
      <source>Any of these?</source>
      <translation>Etwas davon?</translation>
    </message>
    <message>
      <source>Amplitude and threshold</source>
      <translation>Amplitude und Schwelle</translation>
    </message>
    <message>
      <source>The recording is saved.</source>
      <translation>Die Aufzeichnung ist gespeichert.</translation>
    </message>
    <message>
      <source>Consider a shorter plan next time.</source>
      <translation>Erwägen Sie nächstes Mal einen kürzeren Plan.</translation>
    </message>
    <message>
      <source>{share} in range</source>
      <translation>{share} im Zielbereich</translation>
    </message>
    <message>
      <source>Same plan, {runs}</source>
      <translation>Gleicher Plan, {runs}</translation>
    </message>
    <message>
      <source>Shorter runs, {runs}</source>
      <translation>Kürzere Durchgänge, {runs}</translation>
    </message>
    <message>
      <source>Fewer runs, {runs}</source>
      <translation>Weniger Durchgänge, {runs}</translation>
    </message>
    <message>
      <source>Easier, target {share}</source>
      <translation>Leichter, Ziel {share}</translation>
    </message>
    <message>
      <source>dwell {so_far} of {needed} s</source>
      <translation>Haltezeit {so_far} von {needed} s</translation>
    </message>
    <message>
      <source>in range; next reward in {n} s</source>
      <translation>im Zielbereich; nächste Belohnung in {n} s</translation>
    </message>
    <message>
      <source>in range; has not fallen back since the last reward</source>
      <translation>im Zielbereich; seit der letzten Belohnung nicht zurückgefallen</translation>
    </message>
    <message>
      <source>no threshold yet</source>
      <translation>noch keine Schwelle</translation>
    </message>
    <message>
      <source>{stage}: no feedback in this stage</source>
      <translation>{stage}: kein Feedback in diesem Abschnitt</translation>
    </message>
    <message>
      <source>{cause} on {site}</source>
      <translation>{cause} an {site}</translation>
    </message>
    <message>
      <source>{feature} {amount} under its threshold</source>
      <translation>{feature} {amount} unter der Schwelle</translation>
    </message>
    <message>
      <source>{feature} {amount} over its limit</source>
      <translation>{feature} {amount} über der Grenze</translation>
    </message>
    <message>
      <source>Eyes closed, log power · {sites}</source>
      <translation>Augen geschlossen, log. Leistung · {sites}</translation>
    </message>
    <message>
      <source>dashed: 1/f</source>
      <translation>gestrichelt: 1/f</translation>
    </message>
    <message>
      <source>Change …</source>
      <translation>Ändern …</translation>
    </message>
    <message>
      <source>Set the alpha peak by hand, with a reason</source>
      <translation>Alphaspitze von Hand setzen, mit Begründung</translation>
    </message>
    <message>
      <source>Hz or none</source>
      <translation>Hz oder none</translation>
    </message>
    <message>
      <source>Alpha peak, from 5 to 15 Hz, or none</source>
      <translation>Alphaspitze, von 5 bis 15 Hz, oder none</translation>
    </message>
    <message>
      <source>An alpha peak lies from {low} to {high} Hz; or write none.</source>
      <translation>Eine Alphaspitze liegt zwischen {low} und {high} Hz; oder schreiben Sie none.</translation>
    </message>
    <message>
      <source>Say why, so that a reader of the session knows.</source>
      <translation>Geben Sie an, warum, damit es weiß, wer die Sitzung liest.</translation>
    </message>
    <message>
      <source>The protocol's bands do not fit this peak: {why}</source>
      <translation>Die Bänder des Protokolls passen nicht zu dieser Spitze: {why}</translation>
    </message>
    <message>
      <source>Fixed bands, by hand: {reason}</source>
      <translation>Feste Bänder, von Hand: {reason}</translation>
    </message>
    <message>
      <source>Alpha peak {hz} Hz, by hand: {reason}</source>
      <translation>Alphaspitze {hz} Hz, von Hand: {reason}</translation>
    </message>
    <message>
      <source>No clear peak: {reason}; the fixed bands are used</source>
      <translation>Keine klare Spitze: {reason}; die festen Bänder werden verwendet</translation>
    </message>
    <message>
      <source>No alpha peak is known; the fixed bands are used</source>
      <translation>Keine Alphaspitze bekannt; die festen Bänder werden verwendet</translation>
    </message>
    <message>
      <source>Alpha peak {hz} Hz, from before this session</source>
      <translation>Alphaspitze {hz} Hz, von vor dieser Sitzung</translation>
    </message>
    <message>
      <source>Alpha peak outside what the protocol's bands allow; the fixed bands are used</source>
      <translation>Alphaspitze außerhalb dessen, was die Bänder des Protokolls zulassen; die festen Bänder werden verwendet</translation>
    </message>
    <message>
      <source>Alpha peak {hz} Hz</source>
      <translation>Alphaspitze {hz} Hz</translation>
    </message>
    <message>
      <source>fixed</source>
      <translation>fest</translation>
    </message>
    <message>
      <source>Alpha peak: {now}. Set it by hand</source>
      <translation>Alphaspitze: {now}. Von Hand setzen</translation>
    </message>
    <message>
      <source>above threshold</source>
      <translation>über der Schwelle</translation>
    </message>
    <message>
      <source>below threshold</source>
      <translation>unter der Schwelle</translation>
    </message>
    <message>
      <source>{share} percent</source>
      <translation>{share} Prozent</translation>
    </message>
    <message>
      <source>⊘ blocks the reward</source>
      <translation>⊘ verhindert die Belohnung</translation>
    </message>
    <message>
      <source>expected: unknown before a baseline</source>
      <translation>erwartet: vor einer Ruhemessung unbekannt</translation>
    </message>
    <message>
      <source>expected {alone} · all {together}</source>
      <translation>erwartet {alone} · alle {together}</translation>
    </message>
    <message>
      <source>{share} expected</source>
      <translation>{share} erwartet</translation>
    </message>
    <message>
      <source>Hold</source>
      <translation>Halten</translation>
    </message>
    <message>
      <source>Thresholds stay where they are</source>
      <translation>Die Schwellen bleiben, wo sie sind</translation>
    </message>
    <message>
      <source>Auto</source>
      <translation>Auto</translation>
    </message>
    <message>
      <source>Thresholds are estimated anew at each run, once more if it goes astray</source>
      <translation>Die Schwellen werden bei jedem Durchgang neu geschätzt, noch einmal, wenn es aus dem Rahmen läuft</translation>
    </message>
    <message>
      <source>Aim 5 % lower</source>
      <translation>Ziel 5 % niedriger</translation>
    </message>
    <message>
      <source>Aim 5 % higher</source>
      <translation>Ziel 5 % höher</translation>
    </message>
    <message>
      <source>Aim lower</source>
      <translation>Ziel senken</translation>
    </message>
    <message>
      <source>Aim higher</source>
      <translation>Ziel erhöhen</translation>
    </message>
    <message>
      <source>♪ sound</source>
      <translation>♪ Ton</translation>
    </message>
    <message>
      <source>chime</source>
      <translation>Klang</translation>
    </message>
    <message>
      <source>Volume of {what}</source>
      <translation>Lautstärke: {what}</translation>
    </message>
    <message>
      <source>Client view</source>
      <translation>Klientenansicht</translation>
    </message>
    <message>
      <source>A picture takes {ms:.0f} ms to paint here: small details are left out.</source>
      <translation>Ein Bild zu zeichnen dauert hier {ms:.0f} ms: Kleine Einzelheiten entfallen.</translation>
    </message>
    <message>
      <source>A picture takes {ms:.0f} ms to paint here: it is painted at half its size.</source>
      <translation>Ein Bild zu zeichnen dauert hier {ms:.0f} ms: Es wird in halber Größe gezeichnet.</translation>
    </message>
    <message>
      <source>A picture takes {ms:.0f} ms to paint here: half its size, every second picture.</source>
      <translation>Ein Bild zu zeichnen dauert hier {ms:.0f} ms: halbe Größe, jedes zweite Bild.</translation>
    </message>
    <message>
      <source>contact</source>
      <translation>Kontakt</translation>
    </message>
    <message>
      <source>mains</source>
      <translation>Netz</translation>
    </message>
    <message>
      <source>good</source>
      <translation>gut</translation>
    </message>
    <message>
      <source>now</source>
      <translation>jetzt</translation>
    </message>
    <message>
      <source>just now</source>
      <translation>eben noch</translation>
    </message>
    <message>
      <source>low</source>
      <translation>gering</translation>
    </message>
    <message>
      <source>high</source>
      <translation>hoch</translation>
    </message>
    <message>
      <source>Dismiss</source>
      <translation>Ausblenden</translation>
    </message>
    <message>
      <source>Letters are letters while you type. Esc closes this and never ends anything.</source>
      <translation>Beim Schreiben sind Buchstaben Buchstaben. Esc schließt dies und beendet nie etwas.</translation>
    </message>
    <message>
      <source>Lab Streaming Layer</source>
      <translation>Lab Streaming Layer</translation>
    </message>
    <message>
      <source>EEG, feedback and markers for other programs</source>
      <translation>EEG, Feedback und Marken für andere Programme</translation>
    </message>
    <message>
      <source>LSL: off</source>
      <translation>LSL: aus</translation>
    </message>
    <message>
      <source>LSL: this computer</source>
      <translation>LSL: dieser Computer</translation>
    </message>
    <message>
      <source>LSL: network</source>
      <translation>LSL: Netzwerk</translation>
    </message>
    <message>
      <source>OSC host:port</source>
      <translation>OSC Host:Port</translation>
    </message>
    <message>
      <source>OSC address</source>
      <translation>OSC-Adresse</translation>
    </message>
    <message>
      <source>Where feedback and rewards are sent as OSC messages, e.g. localhost:9000</source>
      <translation>Wohin Feedback und Belohnungen als OSC-Nachrichten gehen, z. B. localhost:9000</translation>
    </message>
    <message>
      <source>Use this baseline's thresholds</source>
      <translation>Schwellen dieser Ruhemessung nutzen</translation>
    </message>
    <message>
      <source>Train</source>
      <translation>Training</translation>
    </message>
    <message>
      <source>Proposed thresholds</source>
      <translation>Vorgeschlagene Schwellen</translation>
    </message>
    <message>
      <source>all together: {share} expected</source>
      <translation>alle zusammen: {share} erwartet</translation>
    </message>
    <message>
      <source>The conditions together leave little to be rewarded. Easing them keeps the client with it.</source>
      <translation>Die Bedingungen zusammen lassen wenig zu belohnen übrig. Leichtere halten den Klienten bei der Sache.</translation>
    </message>
    <message>
      <source>Ease to {share} overall</source>
      <translation>Insgesamt auf {share} erleichtern</translation>
    </message>
    <message>
      <source>{feature} is slow and the baseline short: by chance alone it may be met {points} points more or less of the time than expected. {length} of clean baseline or more would tell.</source>
      <translation>{feature} ist langsam und die Ruhemessung kurz: Allein durch Zufall kann die Bedingung {points} Prozentpunkte öfter oder seltener erfüllt sein als erwartet. Ab {length} sauberer Ruhemessung wäre es sicherer.</translation>
    </message>
    <message>
      <source>No headset</source>
      <translation>Kein Headset</translation>
    </message>
    <message>
      <source>battery {n} %</source>
      <translation>Akku {n} %</translation>
    </message>
    <message>
      <source>The headset, its link, and its battery where it tells.</source>
      <translation>Das Headset, seine Verbindung und seine Batterie, wo es sie meldet.</translation>
    </message>
    <message>
      <source>in range, last 30 s</source>
      <translation>im Zielbereich, letzte 30 s</translation>
    </message>
    <message>
      <source>No clean time to judge yet</source>
      <translation>Noch keine saubere Zeit zum Beurteilen</translation>
    </message>
    <message>
      <source>{share} run</source>
      <translation>{share} Durchgang</translation>
    </message>
    <message>
      <source>In range {recent} of the last 30 seconds, {run} of the run</source>
      <translation>Im Zielbereich: {recent} der letzten 30 Sekunden, {run} des Durchgangs</translation>
    </message>
    <message>
      <source>expected {share}</source>
      <translation>erwartet {share}</translation>
    </message>
    <message>
      <source>loop {n} ms</source>
      <translation>Schleife {n} ms</translation>
    </message>
    <message>
      <source> (95 %: {n})</source>
      <translation> (95 %: {n})</translation>
    </message>
    <message>
      <source>loss {share} %</source>
      <translation>Verlust {share} %</translation>
    </message>
    <message>
      <source>most of it in the headset's link</source>
      <translation>das meiste in der Verbindung des Headsets</translation>
    </message>
    <message>
      <source>most of it in the protocol's filters</source>
      <translation>das meiste in den Filtern des Protokolls</translation>
    </message>
    <message>
      <source>this computer is busy</source>
      <translation>dieser Computer ist ausgelastet</translation>
    </message>
    <message>
      <source>painting is slow</source>
      <translation>das Zeichnen ist langsam</translation>
    </message>
    <message>
      <source>Contact: {sites}</source>
      <translation>Kontakt: {sites}</translation>
    </message>
    <message>
      <source>Spectrum</source>
      <translation>Spektrum</translation>
    </message>
    <message>
      <source>Spectrum: waiting for two seconds of signal</source>
      <translation>Spektrum: Warten auf zwei Sekunden Signal</translation>
    </message>
    <message>
      <source>Spectrum of {sites}: largest at {peak} hertz</source>
      <translation>Spektrum von {sites}: am größten bei {peak} Hertz</translation>
    </message>
    <message>
      <source>Last minute, Hz</source>
      <translation>Letzte Minute, Hz</translation>
    </message>
    <message>
      <source>Spectrum, µV/√Hz</source>
      <translation>Spektrum, µV/√Hz</translation>
    </message>
    <message>
      <source>dotted: baseline</source>
      <translation>gepunktet: Ruhemessung</translation>
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
      <translation>Abschluss</translation>
    </message>
    <message>
      <source>Step {n} of {many}: {step}</source>
      <translation>Schritt {n} von {many}: {step}</translation>
    </message>
    <message>
      <source>Raw EEG</source>
      <translation>Rohes EEG</translation>
    </message>
    <message>
      <source>gap {n} s</source>
      <translation>Lücke {n} s</translation>
    </message>
    <message>
      <source>gap</source>
      <translation>Lücke</translation>
    </message>
    <message>
      <source>Waiting for the first sample</source>
      <translation>Warten auf den ersten Messwert</translation>
    </message>
    <message>
      <source>How the traces are drawn: scale, sweep, filter. The recording is not filtered.</source>
      <translation>Wie die Kurven gezeichnet werden: Skala, Durchlauf, Filter. Die Aufzeichnung ist nicht gefiltert.</translation>
    </message>
    <message>
      <source>Larger traces</source>
      <translation>Größere Kurven</translation>
    </message>
    <message>
      <source>Smaller traces</source>
      <translation>Kleinere Kurven</translation>
    </message>
    <message>
      <source>notch {hz}</source>
      <translation>Kerbfilter {hz}</translation>
    </message>
    <message>
      <source>Session so far: no training yet</source>
      <translation>Sitzung bisher: noch kein Training</translation>
    </message>
    <message>
      <source>Session so far: in range {first} at first, {last} lately</source>
      <translation>Sitzung bisher: im Zielbereich anfangs {first}, zuletzt {last}</translation>
    </message>
    <message>
      <source>In range · {feature}{unit}, threshold dashed</source>
      <translation>Im Zielbereich · {feature}{unit}, Schwelle gestrichelt</translation>
    </message>
    <message>
      <source>unknown</source>
      <translation>unbekannt</translation>
    </message>
    <message>
      <source>{n} microvolt</source>
      <translation>{n} Mikrovolt</translation>
    </message>
    <message>
      <source>{n} microvolt squared</source>
      <translation>{n} Mikrovolt zum Quadrat</translation>
    </message>
    <message>
      <source>connecting</source>
      <translation>wird verbunden</translation>
    </message>
    <message>
      <source>waiting for the first sample</source>
      <translation>Warten auf den ersten Messwert</translation>
    </message>
    <message>
      <source>streaming</source>
      <translation>überträgt</translation>
    </message>
    <message>
      <source>no samples</source>
      <translation>keine Messwerte</translation>
    </message>
    <message>
      <source>link lost</source>
      <translation>Verbindung weg</translation>
    </message>
    <message>
      <source>reconnecting</source>
      <translation>wird neu verbunden</translation>
    </message>
    <message>
      <source>no connection</source>
      <translation>keine Verbindung</translation>
    </message>
    <message>
      <source>ended</source>
      <translation>beendet</translation>
    </message>
    <message>
      <source>{parts} parts, one run in each: {total} min of training in all</source>
      <translation>{parts} Teile mit je einem Durchgang: insgesamt {total} min Training</translation>
    </message>
    <message>
      <source>{parts} parts, {n} runs in each: {total} min of training in all</source>
      <translation>{parts} Teile mit je {n} Durchgängen: insgesamt {total} min Training</translation>
    </message>
    <message>
      <source>Your session of {day}</source>
      <translation>Ihre Sitzung vom {day}</translation>
    </message>
    <message>
      <source>Your session</source>
      <translation>Ihre Sitzung</translation>
    </message>
    <message>
      <source>What we trained</source>
      <translation>Was wir trainiert haben</translation>
    </message>
    <message>
      <source>How you felt</source>
      <translation>Wie es Ihnen ging</translation>
    </message>
    <message>
      <source>before</source>
      <translation>vorher</translation>
    </message>
    <message>
      <source>after</source>
      <translation>nachher</translation>
    </message>
    <message>
      <source>not asked today</source>
      <translation>heute nicht gefragt</translation>
    </message>
    <message>
      <source>Over your visits</source>
      <translation>Über Ihre Termine</translation>
    </message>
    <message>
      <source>Each dot is one visit. Where a dot is missing it was not asked, and no line is drawn across.</source>
      <translation>Jeder Punkt ist ein Termin. Wo ein Punkt fehlt, wurde nicht gefragt, und es ist keine Linie gezogen.</translation>
    </message>
    <message>
      <source>to be arranged</source>
      <translation>wird noch vereinbart</translation>
    </message>
    <message>
      <source>Course report {who}</source>
      <translation>Verlaufsbericht {who}</translation>
    </message>
    <message>
      <source>Did the trained signal change?</source>
      <translation>Hat sich das trainierte Signal geändert?</translation>
    </message>
    <message>
      <source>Session by session</source>
      <translation>Sitzung für Sitzung</translation>
    </message>
    <message>
      <source>Comment</source>
      <translation>Kommentar</translation>
    </message>
    <message>
      <source>On one time axis</source>
      <translation>Auf einer Zeitachse</translation>
    </message>
    <message>
      <source>Session note {who}, session {n}</source>
      <translation>Sitzungsbericht {who}, Sitzung {n}</translation>
    </message>
    <message>
      <source>Check-in</source>
      <translation>Eingangsfragen</translation>
    </message>
    <message>
      <source>Treatment changes:</source>
      <translation>Änderungen der Behandlung:</translation>
    </message>
    <message>
      <source>Training</source>
      <translation>Training</translation>
    </message>
    <message>
      <source>Change in this session</source>
      <translation>Änderung in dieser Sitzung</translation>
    </message>
    <message>
      <source>Billing code:</source>
      <translation>Abrechnungsziffer:</translation>
    </message>
    <message>
      <source>Date and signature:</source>
      <translation>Datum und Unterschrift:</translation>
    </message>
    <message>
      <source>samples lost</source>
      <translation>Messwerte verloren</translation>
    </message>
    <message>
      <source>amplifier at its limit</source>
      <translation>Verstärker am Anschlag</translation>
    </message>
    <message>
      <source>flat signal</source>
      <translation>flaches Signal</translation>
    </message>
    <message>
      <source>electrode pop</source>
      <translation>Elektrodensprung</translation>
    </message>
    <message>
      <source>movement</source>
      <translation>Bewegung</translation>
    </message>
    <message>
      <source>jump</source>
      <translation>Sprung</translation>
    </message>
    <message>
      <source>head movement</source>
      <translation>Kopfbewegung</translation>
    </message>
    <message>
      <source>no valid number</source>
      <translation>keine gültige Zahl</translation>
    </message>
    <message>
      <source>filters settling</source>
      <translation>Filter schwingen ein</translation>
    </message>
    <message>
      <source>poor contact</source>
      <translation>zu wenig Kontakt</translation>
    </message>
    <message>
      <source>completed</source>
      <translation>abgeschlossen</translation>
    </message>
    <message>
      <source>stopped by the operator</source>
      <translation>vom Bediener beendet</translation>
    </message>
    <message>
      <source>time limit</source>
      <translation>Zeitgrenze</translation>
    </message>
    <message>
      <source>device gone</source>
      <translation>Gerät getrennt</translation>
    </message>
    <message>
      <source>end of the data</source>
      <translation>Ende der Daten</translation>
    </message>
    <message>
      <source>interrupted</source>
      <translation>unterbrochen</translation>
    </message>
    <message>
      <source>error</source>
      <translation>Fehler</translation>
    </message>
    <message>
      <source>no valid numbers</source>
      <translation>keine gültigen Zahlen</translation>
    </message>
    <message>
      <source>check the headset's connection</source>
      <translation>Verbindung des Headsets prüfen</translation>
    </message>
    <message>
      <source>brush hair back, moisten, press 5 s; check reference and ground</source>
      <translation>Haare zur Seite streichen, befeuchten, 5 s andrücken; Referenz und Erde prüfen</translation>
    </message>
    <message>
      <source>plug the electrode in; check its cable</source>
      <translation>Elektrode einstecken; Kabel prüfen</translation>
    </message>
    <message>
      <source>no contact: {fast_uv} µV of noise</source>
      <translation>kein Kontakt: {fast_uv} µV Rauschen</translation>
    </message>
    <message>
      <source>brush hair back, moisten, press 5 s</source>
      <translation>Haare zur Seite streichen, befeuchten, 5 s andrücken</translation>
    </message>
    <message>
      <source>no contact: {fast_uv} µV of noise and {line_uv} µV of mains</source>
      <translation>kein Kontakt: {fast_uv} µV Rauschen und {line_uv} µV Netzbrummen</translation>
    </message>
    <message>
      <source>muscle: {fast_uv} µV of 20–45 Hz</source>
      <translation>Muskel: {fast_uv} µV bei 20–45 Hz</translation>
    </message>
    <message>
      <source>relax the jaw and forehead; if it stays: brush hair back, moisten, press 5 s</source>
      <translation>Kiefer und Stirn lockern; wenn es bleibt: Haare zur Seite streichen, befeuchten, 5 s andrücken</translation>
    </message>
    <message>
      <source>large swings: {rms_uv} µV</source>
      <translation>große Schwankungen: {rms_uv} µV</translation>
    </message>
    <message>
      <source>sit still, rest the eyes; if it stays: brush hair back, moisten, press 5 s</source>
      <translation>still sitzen, Augen ausruhen; wenn es bleibt: Haare zur Seite streichen, befeuchten, 5 s andrücken</translation>
    </message>
    <message>
      <source>mains: {line_uv} µV of {line_hz} Hz</source>
      <translation>Netz: {line_uv} µV bei {line_hz} Hz</translation>
    </message>
    <message>
      <source>move charger and cables away, unplug the laptop's charger; check reference and ground</source>
      <translation>Ladegerät und Kabel entfernen, Netzteil des Laptops abziehen; Referenz und Erde prüfen</translation>
    </message>
    <message>
      <source>same signal as {twin}: bridged</source>
      <translation>gleiches Signal wie {twin}: überbrückt</translation>
    </message>
    <message>
      <source>dry the skin between it and {twin}; check the plugs</source>
      <translation>Haut zwischen hier und {twin} trocknen; Stecker prüfen</translation>
    </message>
    <message>
      <source>very small signal: {rms_uv} µV</source>
      <translation>sehr kleines Signal: {rms_uv} µV</translation>
    </message>
    <message>
      <source>brush hair back, moisten, press 5 s; check that it does not touch the reference</source>
      <translation>Haare zur Seite streichen, befeuchten, 5 s andrücken; prüfen, dass sie die Referenz nicht berührt</translation>
    </message>
    <message>
      <source>samples missing</source>
      <translation>Messwerte fehlen</translation>
    </message>
    <message>
      <source>bring headset and receiver closer together</source>
      <translation>Headset und Empfänger näher zusammenbringen</translation>
    </message>
    <message>
      <source>waiting for 1 s of signal</source>
      <translation>Warten auf 1 s Signal</translation>
    </message>
    <message>
      <source>too little clean EEG: {clean} s, needs {needed} s</source>
      <translation>zu wenig sauberes EEG: {clean} s, nötig sind {needed} s</translation>
    </message>
    <message>
      <source>no peak between 7 and 13 Hz</source>
      <translation>keine Spitze zwischen 7 und 13 Hz</translation>
    </message>
    <message>
      <source>highest point {height} dB above the 1/f line, needs {needed} dB</source>
      <translation>höchster Punkt {height} dB über der 1/f-Linie, nötig sind {needed} dB</translation>
    </message>
    <message>
      <source>a plateau around {hz} Hz, not a peak</source>
      <translation>ein Plateau um {hz} Hz, keine Spitze</translation>
    </message>
    <message>
      <source>peak at {hz} Hz is not found again in both halves</source>
      <translation>Spitze bei {hz} Hz findet sich nicht in beiden Hälften wieder</translation>
    </message>
    <message>
      <source>check</source>
      <translation>Prüfung</translation>
    </message>
    <message>
      <source>eyes open</source>
      <translation>Augen offen</translation>
    </message>
    <message>
      <source>eyes closed</source>
      <translation>Augen geschlossen</translation>
    </message>
    <message>
      <source>alpha peak</source>
      <translation>Alphaspitze</translation>
    </message>
    <message>
      <source>rest</source>
      <translation>Ruhe</translation>
    </message>
    <message>
      <source>transfer</source>
      <translation>Transfer</translation>
    </message>
    <message>
      <source>end</source>
      <translation>Ende</translation>
    </message>
    <message>
      <source>built in</source>
      <translation>eingebaut</translation>
    </message>
    <message>
      <source>Sines of 5 to 80 Hz, no EEG; nothing to connect.</source>
      <translation>Sinuswellen von 5 bis 80 Hz, kein EEG; nichts anzuschließen.</translation>
    </message>
    <message>
      <source>BrainFlow synthetic board</source>
      <translation>Synthetisches Gerät von BrainFlow</translation>
    </message>
    <message>
      <source>synthetic</source>
      <translation>synthetisch</translation>
    </message>
    <message>
      <source>none needed</source>
      <translation>keine nötig</translation>
    </message>
    <message>
      <source>simulated</source>
      <translation>simuliert</translation>
    </message>
    <message>
      <source>Scenario</source>
      <translation>Szenario</translation>
    </message>
    <message>
      <source>typical</source>
      <translation>typisch</translation>
    </message>
    <message>
      <source>USB or serial port</source>
      <translation>USB oder serieller Anschluss</translation>
    </message>
    <message>
      <source>Set where the electrodes are before each session; the names are only the usual places. On Linux set the dongle's latency_timer to 1 ms, otherwise samples come in bursts of 16 ms.</source>
      <translation>Stellen Sie vor jeder Sitzung ein, wo die Elektroden sitzen; die Namen sind nur die üblichen Orte. Setzen Sie unter Linux latency_timer des Dongles auf 1 ms, sonst kommen die Messwerte in Schüben von 16 ms.</translation>
    </message>
    <message>
      <source>Serial port</source>
      <translation>Serieller Port</translation>
    </message>
    <message>
      <source>port of the board or its USB dongle, e.g. /dev/ttyUSB0, COM3, /dev/cu.usbserial-1</source>
      <translation>Anschluss der Platine oder ihres USB-Dongles, z. B. /dev/ttyUSB0, COM3, /dev/cu.usbserial-1</translation>
    </message>
    <message>
      <source>Set where the electrodes are before each session; the names are only the usual places. On Linux set the dongle's latency_timer to 1 ms, otherwise samples come in bursts of 16 ms. At 125 Hz bands end at 50 Hz.</source>
      <translation>Stellen Sie vor jeder Sitzung ein, wo die Elektroden sitzen; die Namen sind nur die üblichen Orte. Setzen Sie unter Linux latency_timer des Dongles auf 1 ms, sonst kommen die Messwerte in Schüben von 16 ms. Bei 125 Hz enden die Bänder bei 50 Hz.</translation>
    </message>
    <message>
      <source>Bluetooth LE</source>
      <translation>Bluetooth LE</translation>
    </message>
    <message>
      <source>Set where the electrodes are before each session; the names are only the usual places. If it is not found, switch it off and on.</source>
      <translation>Stellen Sie vor jeder Sitzung ein, wo die Elektroden sitzen; die Namen sind nur die üblichen Orte. Wird es nicht gefunden, schalten Sie es aus und wieder ein.</translation>
    </message>
    <message>
      <source>Mac address</source>
      <translation>MAC-Adresse</translation>
    </message>
    <message>
      <source>Bluetooth address; needed only if several headsets are near</source>
      <translation>Bluetooth-Adresse; nur nötig, wenn mehrere Headsets in der Nähe sind</translation>
    </message>
    <message>
      <source>Serial number</source>
      <translation>Seriennummer</translation>
    </message>
    <message>
      <source>Bluetooth name, exactly as shown by the system, e.g. Muse-1A2B</source>
      <translation>Bluetooth-Name, genau wie vom System angezeigt, z. B. Muse-1A2B</translation>
    </message>
    <message>
      <source>Other info</source>
      <translation>Weitere Angaben</translation>
    </message>
    <message>
      <source>fw:2 for firmware 2; 3 is assumed</source>
      <translation>fw:2 für Firmware 2; angenommen wird 3</translation>
    </message>
    <message>
      <source>Timeout</source>
      <translation>Zeitlimit</translation>
    </message>
    <message>
      <source>seconds to search for the headset</source>
      <translation>Sekunden für die Suche nach dem Headset</translation>
    </message>
    <message>
      <source>BLED112 dongle</source>
      <translation>BLED112-Dongle</translation>
    </message>
    <message>
      <source>BrainFlow calls this board outdated; use the entry without -bled where the computer has Bluetooth.</source>
      <translation>BrainFlow nennt diese Platine veraltet; verwenden Sie den Eintrag ohne -bled, wenn der Computer Bluetooth hat.</translation>
    </message>
    <message>
      <source>network</source>
      <translation>Netzwerk</translation>
    </message>
    <message>
      <source>The Wi-Fi shield is known to lose many samples. Set where the electrodes are before each session; the names are only the usual places.</source>
      <translation>Das Wi-Fi Shield verliert bekanntlich viele Messwerte. Stellen Sie vor jeder Sitzung ein, wo die Elektroden sitzen; die Namen sind nur die üblichen Orte.</translation>
    </message>
    <message>
      <source>Ip port</source>
      <translation>IP-Port</translation>
    </message>
    <message>
      <source>port on this computer that the board may send to, e.g. 6677</source>
      <translation>Port dieses Computers, an den die Platine senden darf, z. B. 6677</translation>
    </message>
    <message>
      <source>Ip address</source>
      <translation>IP-Adresse</translation>
    </message>
    <message>
      <source>address of the board; found by itself if left out</source>
      <translation>Adresse der Platine; wird ohne Angabe selbst gefunden</translation>
    </message>
    <message>
      <source>serial number; needed only if several are near</source>
      <translation>Seriennummer; nur nötig, wenn mehrere in der Nähe sind</translation>
    </message>
    <message>
      <source>If streaming stops after minutes: charge the headset, close other programs that use it, remove it from the system's list of paired devices.</source>
      <translation>Wenn die Übertragung nach Minuten endet: Headset laden, andere Programme schließen, die es nutzen, und es aus der Liste gekoppelter Geräte des Systems entfernen.</translation>
    </message>
    <message>
      <source>sensor preset, p21 (EEG) if left out, p50 adds the pulse sensor</source>
      <translation>Sensor-Voreinstellung, ohne Angabe p21 (EEG), p50 fügt den Pulssensor hinzu</translation>
    </message>
    <message>
      <source>sensor preset, p21 (EEG) if left out, p61 adds the pulse sensor</source>
      <translation>Sensor-Voreinstellung, ohne Angabe p21 (EEG), p61 fügt den Pulssensor hinzu</translation>
    </message>
    <message>
      <source>sensor preset, p21 (EEG) if left out</source>
      <translation>Sensor-Voreinstellung, ohne Angabe p21 (EEG)</translation>
    </message>
    <message>
      <source>e.g. preset=p1041;low_latency=true</source>
      <translation>z. B. preset=p1041;low_latency=true</translation>
    </message>
    <message>
      <source>It measures resistances only instead of EEG, so they stay empty during a session.</source>
      <translation>Widerstände misst es nur anstelle des EEG, daher bleiben sie während einer Sitzung leer.</translation>
    </message>
    <message>
      <source>Set where the electrodes are before each session; the names are only the usual places.</source>
      <translation>Stellen Sie vor jeder Sitzung ein, wo die Elektroden sitzen; die Namen sind nur die üblichen Orte.</translation>
    </message>
    <message>
      <source>electrode set, as in BrainFlow's documentation</source>
      <translation>Elektrodensatz, wie in der Dokumentation von BrainFlow</translation>
    </message>
    <message>
      <source>Bluetooth, paired</source>
      <translation>Bluetooth, gekoppelt</translation>
    </message>
    <message>
      <source>Pair it in the system's Bluetooth settings first; Linux needs libbluetooth3 and an x86-64 computer.</source>
      <translation>Koppeln Sie es zuerst in den Bluetooth-Einstellungen des Systems; Linux braucht libbluetooth3 und einen x86-64-Computer.</translation>
    </message>
    <message>
      <source>Switch OSC on in its app; headset and computer must be in the same Wi-Fi. Guest networks block it.</source>
      <translation>Schalten Sie OSC in der zugehörigen App ein; Headset und Computer müssen im selben WLAN sein. Gastnetze blockieren es.</translation>
    </message>
    <message>
      <source>port that the headset sends to, 9000 if left out</source>
      <translation>Port, an den das Headset sendet, ohne Angabe 9000</translation>
    </message>
    <message>
      <source>Pair it in the system's Bluetooth settings first; Linux needs libbluetooth3.</source>
      <translation>Koppeln Sie es zuerst in den Bluetooth-Einstellungen des Systems; Linux braucht libbluetooth3.</translation>
    </message>
    <message>
      <source>Bluetooth address of the paired headset (needed on Linux)</source>
      <translation>Bluetooth-Adresse des gekoppelten Headsets (nötig unter Linux)</translation>
    </message>
    <message>
      <source>Pair it in the system's Bluetooth settings first; Linux needs libbluetooth3. Set where the electrodes are before each session; the names are only the usual places.</source>
      <translation>Koppeln Sie es zuerst in den Bluetooth-Einstellungen des Systems; Linux braucht libbluetooth3. Stellen Sie vor jeder Sitzung ein, wo die Elektroden sitzen; die Namen sind nur die üblichen Orte.</translation>
    </message>
    <message>
      <source>USB, vendor's driver</source>
      <translation>USB, Herstellertreiber</translation>
    </message>
    <message>
      <source>Linux needs libusb-1.0-0. Set where the electrodes are before each session; the names are only the usual places.</source>
      <translation>Linux braucht libusb-1.0-0. Stellen Sie vor jeder Sitzung ein, wo die Elektroden sitzen; die Namen sind nur die üblichen Orte.</translation>
    </message>
    <message>
      <source>gain, e.g. {"gain":6}</source>
      <translation>Verstärkung, z. B. {"gain":6}</translation>
    </message>
    <message>
      <source>the computer it is mounted on</source>
      <translation>der Computer, auf dem sie sitzt</translation>
    </message>
    <message>
      <source>Runs on the Raspberry Pi it is mounted on, with a BrainFlow compiled there. Set where the electrodes are before each session; the names are only the usual places.</source>
      <translation>Läuft auf dem Raspberry Pi, auf dem sie sitzt, mit einem dort kompilierten BrainFlow. Stellen Sie vor jeder Sitzung ein, wo die Elektroden sitzen; die Namen sind nur die üblichen Orte.</translation>
    </message>
    <message>
      <source>SPI device, /dev/spidev0.0 if left out</source>
      <translation>SPI-Gerät, ohne Angabe /dev/spidev0.0</translation>
    </message>
    <message>
      <source>At 50 Hz only bands below 20 Hz can be trained.</source>
      <translation>Bei 50 Hz lassen sich nur Bänder unter 20 Hz trainieren.</translation>
    </message>
    <message>
      <source>Bluetooth address</source>
      <translation>Bluetooth-Adresse</translation>
    </message>
    <message>
      <source>address of this computer that the board connects to</source>
      <translation>Adresse dieses Computers, mit der sich die Platine verbindet</translation>
    </message>
    <message>
      <source>port that the board connects to, 12345 if left out</source>
      <translation>Port, mit dem sich die Platine verbindet, ohne Angabe 12345</translation>
    </message>
    <message>
      <source>Start streaming in the amplifier's own software first.</source>
      <translation>Starten Sie zuerst die Übertragung in der Software des Verstärkers.</translation>
    </message>
    <message>
      <source>name or source id of the stream; needed only if several EEG streams are seen</source>
      <translation>Name oder Quell-ID des Datenstroms; nur nötig, wenn mehrere EEG-Datenströme zu sehen sind</translation>
    </message>
    <message>
      <source>Unit</source>
      <translation>Einheit</translation>
    </message>
    <message>
      <source>unit of its numbers, V, mV, uV or nV, where the stream does not tell it (uV is assumed)</source>
      <translation>Einheit der Zahlen, V, mV, uV oder nV, wo der Datenstrom sie nicht angibt (angenommen wird uV)</translation>
    </message>
    <message>
      <source>Scope</source>
      <translation>Bereich</translation>
    </message>
    <message>
      <source>machine (this computer, the default) or network</source>
      <translation>machine (dieser Computer, Vorgabe) oder network</translation>
    </message>
    <message>
      <source>safety_contact</source>
      <translation>Notfallkontakt</translation>
    </message>
    <message>
      <source>identity</source>
      <translation>Name und Geburtsdatum</translation>
    </message>
    <message>
      <source>consent</source>
      <translation>Einwilligung</translation>
    </message>
    <message>
      <source>plan</source>
      <translation>Plan</translation>
    </message>
    <message>
      <source>goal</source>
      <translation>Ziel</translation>
    </message>
    <message>
      <source>own_symptom</source>
      <translation>eigenes Symptom</translation>
    </message>
    <message>
      <source>rating</source>
      <translation>Einschätzung</translation>
    </message>
    <message>
      <source>scale_result</source>
      <translation>Fragebogenergebnis</translation>
    </message>
    <message>
      <source>treatment_event</source>
      <translation>Behandlungseintrag</translation>
    </message>
    <message>
      <source>adverse_effect</source>
      <translation>Nebenwirkung</translation>
    </message>
    <message>
      <source>session</source>
      <translation>Sitzung</translation>
    </message>
    <message>
      <source>note</source>
      <translation>Notiz</translation>
    </message>
    <message>
      <source>amendment</source>
      <translation>Nachtrag</translation>
    </message>
    <message>
      <source>intake</source>
      <translation>Aufnahmebogen</translation>
    </message>
    <message>
      <source>acknowledgement</source>
      <translation>Bestätigung</translation>
    </message>
    <message>
      <source>override</source>
      <translation>Überschreitung</translation>
    </message>
    <message>
      <source>appointment</source>
      <translation>Vereinbarter Termin</translation>
    </message>
    <message>
      <source>photosensitive</source>
      <translation>lichtempfindlich</translation>
    </message>
    <message>
      <source>seizure history</source>
      <translation>frühere Anfälle</translation>
    </message>
    <message>
      <source>implanted stimulator</source>
      <translation>implantierter Stimulator</translation>
    </message>
    <message>
      <source>medication that changes the EEG</source>
      <translation>Medikament, das das EEG verändert</translation>
    </message>
    <message>
      <source>psychosis</source>
      <translation>Psychose</translation>
    </message>
    <message>
      <source>skin, wound or allergy at the head</source>
      <translation>Haut, Wunde oder Allergie am Kopf</translation>
    </message>
    <message>
      <source>hearing</source>
      <translation>Gehör</translation>
    </message>
    <message>
      <source>other, see the remark</source>
      <translation>anderes, siehe Bemerkung</translation>
    </message>
    <message>
      <source>medication</source>
      <translation>Medikament</translation>
    </message>
    <message>
      <source>psychotherapy</source>
      <translation>Psychotherapie</translation>
    </message>
    <message>
      <source>TMS (transcranial magnetic stimulation)</source>
      <translation>TMS (transkranielle Magnetstimulation)</translation>
    </message>
    <message>
      <source>esketamine or ketamine</source>
      <translation>Esketamin oder Ketamin</translation>
    </message>
    <message>
      <source>ECT (electroconvulsive therapy)</source>
      <translation>EKT (Elektrokonvulsionstherapie)</translation>
    </message>
    <message>
      <source>DBS or VNS (implanted stimulator)</source>
      <translation>THS oder VNS (implantierter Stimulator)</translation>
    </message>
    <message>
      <source>psychedelic-assisted therapy</source>
      <translation>psychedelisch gestützte Therapie</translation>
    </message>
    <message>
      <source>anaesthesia or sedation</source>
      <translation>Narkose oder Sedierung</translation>
    </message>
    <message>
      <source>light therapy</source>
      <translation>Lichttherapie</translation>
    </message>
    <message>
      <source>sleep therapy</source>
      <translation>Schlaftherapie</translation>
    </message>
    <message>
      <source>exercise</source>
      <translation>Sport</translation>
    </message>
    <message>
      <source>nutrition</source>
      <translation>Ernährung</translation>
    </message>
    <message>
      <source>genetic testing that informs medication</source>
      <translation>Gentest für die Wahl von Medikamenten</translation>
    </message>
    <message>
      <source>other</source>
      <translation>anderes</translation>
    </message>
    <message>
      <source>spacey or foggy</source>
      <translation>entrückt oder benebelt</translation>
    </message>
    <message>
      <source>nausea</source>
      <translation>Übelkeit</translation>
    </message>
    <message>
      <source>anxious</source>
      <translation>ängstlich</translation>
    </message>
    <message>
      <source>restless or irritable</source>
      <translation>unruhig oder reizbar</translation>
    </message>
    <message>
      <source>low mood or crying</source>
      <translation>gedrückt oder weinerlich</translation>
    </message>
    <message>
      <source>trouble falling asleep</source>
      <translation>Mühe einzuschlafen</translation>
    </message>
    <message>
      <source>vivid dreams</source>
      <translation>lebhafte Träume</translation>
    </message>
    <message>
      <source>intrusive memories</source>
      <translation>aufdrängende Erinnerungen</translation>
    </message>
    <message>
      <source>tingling or skin</source>
      <translation>Kribbeln oder Haut</translation>
    </message>
    <message>
      <source>eye strain</source>
      <translation>müde Augen</translation>
    </message>
    <message>
      <source>seizure</source>
      <translation>Anfall</translation>
    </message>
    <message>
      <source>fainting</source>
      <translation>Ohnmacht</translation>
    </message>
    <message>
      <source>Have you ever had a seizure, or do you have epilepsy?</source>
      <translation>Hatten Sie je einen Anfall, oder haben Sie Epilepsie?</translation>
    </message>
    <message>
      <source>Photosafe feedback only, no flashing scenes.</source>
      <translation>Nur lichtsicheres Feedback, keine blitzenden Szenen.</translation>
    </message>
    <message>
      <source>Have you ever lost consciousness without a known cause?</source>
      <translation>Haben Sie je ohne bekannte Ursache das Bewusstsein verloren?</translation>
    </message>
    <message>
      <source>Has flickering light ever set off a seizure, in you or in your family?</source>
      <translation>Hat flackerndes Licht je einen Anfall ausgelöst, bei Ihnen oder in Ihrer Familie?</translation>
    </message>
    <message>
      <source>Do you have an implanted stimulator (DBS, VNS, RNS, cochlear implant) or a pacemaker?</source>
      <translation>Haben Sie einen implantierten Stimulator (THS, VNS, RNS, Cochlea-Implantat) oder einen Herzschrittmacher?</translation>
    </message>
    <message>
      <source>Log its settings and its on and off times; look for its artefact in the baseline; mark the session.</source>
      <translation>Halten Sie Einstellungen sowie Ein- und Ausschaltzeiten fest; suchen Sie nach seinem Artefakt in der Ruhemessung; kennzeichnen Sie die Sitzung.</translation>
    </message>
    <message>
      <source>Have you ever lost touch with reality, heard or seen what others did not?</source>
      <translation>Haben Sie je den Bezug zur Wirklichkeit verloren, gehört oder gesehen, was andere nicht wahrnahmen?</translation>
    </message>
    <message>
      <source>Alpha-theta and alpha-down training are locked.</source>
      <translation>Alpha-Theta-Training und Training von Alpha abwärts sind gesperrt.</translation>
    </message>
    <message>
      <source>Have you ever been unusually high or driven for days, or do you have a bipolar disorder?</source>
      <translation>Waren Sie je tagelang ungewöhnlich hochgestimmt oder getrieben, oder haben Sie eine bipolare Störung?</translation>
    </message>
    <message>
      <source>Do you lose time, feel unreal, or live with the after-effects of trauma?</source>
      <translation>Fehlt Ihnen manchmal Zeit, fühlen Sie sich unwirklich, oder leben Sie mit den Folgen eines Traumas?</translation>
    </message>
    <message>
      <source>Have you had a head or brain injury?</source>
      <translation>Hatten Sie eine Kopf- oder Hirnverletzung?</translation>
    </message>
    <message>
      <source>Ask the clinician first.</source>
      <translation>Fragen Sie zuerst die Fachperson.</translation>
    </message>
    <message>
      <source>Do you have a neurological condition?</source>
      <translation>Haben Sie eine neurologische Erkrankung?</translation>
    </message>
    <message>
      <source>Are you pregnant?</source>
      <translation>Sind Sie schwanger?</translation>
    </message>
    <message>
      <source>Do you have thoughts of death or of harming yourself?</source>
      <translation>Haben Sie Gedanken an den Tod oder daran, sich zu verletzen?</translation>
    </message>
    <message>
      <source>Show the crisis contact and talk first. Training never replaces crisis care.</source>
      <translation>Zeigen Sie den Krisenkontakt, und sprechen Sie zuerst darüber. Training ersetzt nie die Hilfe in einer Krise.</translation>
    </message>
    <message>
      <source>Do you take a benzodiazepine, an antiepileptic or a stimulant?</source>
      <translation>Nehmen Sie ein Benzodiazepin, ein Antiepileptikum oder ein Stimulans?</translation>
    </message>
    <message>
      <source>Log it at every visit: beta and alpha move with it.</source>
      <translation>Halten Sie es bei jedem Termin fest: Beta und Alpha ändern sich damit.</translation>
    </message>
    <message>
      <source>Is there a wound on your scalp?</source>
      <translation>Haben Sie eine Wunde auf der Kopfhaut?</translation>
    </message>
    <message>
      <source>Keep electrodes away from it.</source>
      <translation>Halten Sie Elektroden davon fern.</translation>
    </message>
    <message>
      <source>Are you allergic to gel or metal?</source>
      <translation>Sind Sie gegen Gel oder Metall allergisch?</translation>
    </message>
    <message>
      <source>Choose another gel or electrode.</source>
      <translation>Wählen Sie ein anderes Gel oder eine andere Elektrode.</translation>
    </message>
    <message>
      <source>Do you have a shunt, or has your skull been opened?</source>
      <translation>Haben Sie einen Shunt, oder wurde Ihr Schädel geöffnet?</translation>
    </message>
    <message>
      <source>EEG is larger over an opening of the skull; keep off a shunt.</source>
      <translation>Über einer Öffnung des Schädels ist das EEG größer; meiden Sie einen Shunt.</translation>
    </message>
    <message>
      <source>Are you under 18?</source>
      <translation>Sind Sie unter 18?</translation>
    </message>
    <message>
      <source>A guardian's consent is needed; sound stays below 75 dB.</source>
      <translation>Die Einwilligung einer sorgeberechtigten Person ist nötig; der Ton bleibt unter 75 dB.</translation>
    </message>
    <message>
      <source>Low energy / low mood</source>
      <translation>Wenig Energie / gedrückt</translation>
    </message>
    <message>
      <source>Calm scene or own film, no numbers.</source>
      <translation>Ruhige Szene oder eigener Film, keine Zahlen.</translation>
    </message>
    <message>
      <source>Say: you can stop at any time.</source>
      <translation>Sagen Sie: Sie können jederzeit aufhören.</translation>
    </message>
    <message>
      <source>Sensitive / anxious</source>
      <translation>Empfindlich / ängstlich</translation>
    </message>
    <message>
      <source>Slow fades, no dark screen.</source>
      <translation>Langsame Übergänge, kein dunkler Bildschirm.</translation>
    </message>
    <message>
      <source>Child</source>
      <translation>Kind</translation>
    </message>
    <message>
      <source>One sentence of instruction.</source>
      <translation>Ein Satz als Anleitung.</translation>
    </message>
    <message>
      <source>A shrinking ring for the time.</source>
      <translation>Ein schrumpfender Ring für die Zeit.</translation>
    </message>
    <message>
      <source>A sticker whatever the result.</source>
      <translation>Ein Aufkleber, wie auch immer das Ergebnis ist.</translation>
    </message>
    <message>
      <source>Photosensitive</source>
      <translation>Lichtempfindlich</translation>
    </message>
    <message>
      <source>A film of the client's own may flash by itself: say so, or leave it out.</source>
      <translation>Ein eigener Film des Klienten kann von sich aus blitzen: Sagen Sie es, oder lassen Sie ihn weg.</translation>
    </message>
    <message>
      <source>Target, runs and feedback are fixed by the protocol; markers go to the file.</source>
      <translation>Ziel, Durchgänge und Feedback gibt das Protokoll vor; Marken gehen in die Datei.</translation>
    </message>
    <message>
      <source>Calm</source>
      <translation>Innere Ruhe</translation>
    </message>
    <message>
      <source>tense</source>
      <translation>angespannt</translation>
    </message>
    <message>
      <source>calm</source>
      <translation>ruhig</translation>
    </message>
    <message>
      <source>Sleep last night</source>
      <translation>Schlaf letzte Nacht</translation>
    </message>
    <message>
      <source>Expect it to help</source>
      <translation>Erwarte, dass es hilft</translation>
    </message>
    <message>
      <source>not at all</source>
      <translation>überhaupt nicht</translation>
    </message>
    <message>
      <source>Motivation</source>
      <translation>Motivation</translation>
    </message>
    <message>
      <source>very high</source>
      <translation>sehr hoch</translation>
    </message>
    <message>
      <source>Sleepiness</source>
      <translation>Schläfrigkeit</translation>
    </message>
    <message>
      <source>wide awake</source>
      <translation>hellwach</translation>
    </message>
    <message>
      <source>very sleepy</source>
      <translation>sehr schläfrig</translation>
    </message>
    <message>
      <source>Effort</source>
      <translation>Anstrengung</translation>
    </message>
    <message>
      <source>Control felt</source>
      <translation>Gefühlte Kontrolle</translation>
    </message>
    <message>
      <source>full</source>
      <translation>voll</translation>
    </message>
    <message>
      <source>last 2 weeks</source>
      <translation>letzte 2 Wochen</translation>
    </message>
    <message>
      <source>minimal</source>
      <translation>minimal</translation>
    </message>
    <message>
      <source>moderately severe</source>
      <translation>mittelschwer</translation>
    </message>
    <message>
      <source>very low well-being</source>
      <translation>sehr niedriges Wohlbefinden</translation>
    </message>
    <message>
      <source>low well-being</source>
      <translation>niedriges Wohlbefinden</translation>
    </message>
    <message>
      <source>last 7 days</source>
      <translation>letzte 7 Tage</translation>
    </message>
    <message>
      <source>very severe</source>
      <translation>sehr schwer</translation>
    </message>
    <message>
      <source>subthreshold</source>
      <translation>unterschwellig</translation>
    </message>
    <message>
      <source>last month</source>
      <translation>letzter Monat</translation>
    </message>
    <message>
      <source>poor sleep</source>
      <translation>wenig erholsam</translation>
    </message>
    <message>
      <source>Timing only, not cause</source>
      <translation>Nur zeitlicher Bezug, keine Ursache</translation>
    </message>
    <message>
      <source>Trends appear after the second visit.</source>
      <translation>Verläufe erscheinen nach dem zweiten Termin.</translation>
    </message>
    <message>
      <source>Above the first session's 70th percentile</source>
      <translation>Über dem 70. Perzentil der ersten Sitzung</translation>
    </message>
    <message>
      <source>Clean time</source>
      <translation>Saubere Zeit</translation>
    </message>
    <message>
      <source>Timing shown together does not prove cause. Wellness/research software, not a diagnosis.</source>
      <translation>Zeitliches Zusammentreffen beweist keine Ursache. Wellness-/Forschungssoftware, keine Diagnose.</translation>
    </message>
    <message>
      <source>A change shown here cannot be separated from expectancy, time or other treatment.</source>
      <translation>Eine hier gezeigte Änderung lässt sich nicht von Erwartung, Zeit oder anderer Behandlung trennen.</translation>
    </message>
    <message>
      <source>Snapshot, read with care: two moments of one day differ for ordinary reasons (alertness, electrodes, posture).</source>
      <translation>Momentaufnahme, mit Vorsicht zu lesen: Zwei Momente eines Tages unterscheiden sich aus gewöhnlichen Gründen (Wachheit, Elektroden, Haltung).</translation>
    </message>
    <message>
      <source>rising</source>
      <translation>steigend</translation>
    </message>
    <message>
      <source>falling</source>
      <translation>fallend</translation>
    </message>
    <message>
      <source>flat</source>
      <translation>flach</translation>
    </message>
    <message>
      <source>unclear</source>
      <translation>unklar</translation>
    </message>
    <message>
      <source>rule</source>
      <translation>Regel</translation>
    </message>
    <message>
      <source>not finished</source>
      <translation>nicht beendet</translation>
    </message>
    <message>
      <source>simulated client</source>
      <translation>simulierter Klient</translation>
    </message>
    <message>
      <source>no contact</source>
      <translation>kein Kontakt</translation>
    </message>
    <message>
      <source>large swings</source>
      <translation>große Ausschläge</translation>
    </message>
    <message>
      <source>same signal as {twin}</source>
      <translation>gleiches Signal wie {twin}</translation>
    </message>
    <message>
      <source>very small signal</source>
      <translation>sehr kleines Signal</translation>
    </message>
    <message>
      <source>Visit {n} of this client began at {began} and is not closed: is another window open?</source>
      <translation>Termin {n} dieses Klienten begann um {began} und ist nicht abgeschlossen: Ist ein anderes Fenster offen?</translation>
    </message>
    <message>
      <source>The intake screen has not been answered yet: do it before the first visit.</source>
      <translation>Die Aufnahmefragen sind noch nicht beantwortet: Holen Sie das vor dem ersten Termin nach.</translation>
    </message>
    <message>
      <source>One question of the intake screen is open.</source>
      <translation>Eine der Aufnahmefragen ist offen.</translation>
    </message>
    <message>
      <source>{n} questions of the intake screen are open.</source>
      <translation>{n} der Aufnahmefragen sind offen.</translation>
    </message>
    <message>
      <source>{consequence} A clinician has to confirm first.</source>
      <translation>{consequence} Zuerst muss eine Fachperson bestätigen.</translation>
    </message>
    <message>
      <source>{protocol}: locked by the intake screen. Choose another protocol.</source>
      <translation>{protocol}: durch die Aufnahmefragen gesperrt. Wählen Sie ein anderes Protokoll.</translation>
    </message>
    <message>
      <source>No consent to training is on file.</source>
      <translation>Es liegt keine Einwilligung zum Training vor.</translation>
    </message>
    <message>
      <source>Mood {before} → {now} since the last visit. {safety}</source>
      <translation>Stimmung {before} → {now} seit dem letzten Termin. {safety}</translation>
    </message>
    <message>
      <source>No safety text is set: Settings, Safety.</source>
      <translation>Es ist kein Sicherheitstext hinterlegt: Einstellungen, Sicherheit.</translation>
    </message>
    <message>
      <source>{n} min of training on the first visit: begin with {most} min.</source>
      <translation>{n} min Training beim ersten Termin: Beginnen Sie mit {most} min.</translation>
    </message>
    <message>
      <source>{n} min of training in one day: more than {most} needs a reason.</source>
      <translation>{n} min Training an einem Tag: Mehr als {most} braucht eine Begründung.</translation>
    </message>
    <message>
      <source>{n} min of training in one day: {most} is the most, with a reason.</source>
      <translation>{n} min Training an einem Tag: Höchstens {most}, mit Begründung.</translation>
    </message>
    <message>
      <source>{n} min of visit in one day: more than {most} needs a reason.</source>
      <translation>{n} min Termin an einem Tag: Mehr als {most} braucht eine Begründung.</translation>
    </message>
    <message>
      <source>{n} min of visit in one day: {most} is the most, with a reason.</source>
      <translation>{n} min Termin an einem Tag: Höchstens {most}, mit Begründung.</translation>
    </message>
    <message>
      <source>Runs of {n} min: give a break after {most} min at the latest.</source>
      <translation>Durchgänge von {n} min: Machen Sie spätestens nach {most} min eine Pause.</translation>
    </message>
    <message>
      <source>Breaks of {n} s: at least {least} s.</source>
      <translation>Pausen von {n} s: mindestens {least} s.</translation>
    </message>
    <message>
      <source>{n} sessions within seven days: at most {most}.</source>
      <translation>{n} Sitzungen in sieben Tagen: höchstens {most}.</translation>
    </message>
    <message>
      <source>Reported on {day}: {effect}. Do not train; inform the clinician.</source>
      <translation>Am {day} berichtet: {effect}. Nicht trainieren; informieren Sie die Fachperson.</translation>
    </message>
    <message>
      <source>{effect} (2 or above) {n} times: change or stop, inform clinician.</source>
      <translation>{effect} (2 oder mehr) {n}-mal: ändern oder aufhören, Fachperson informieren.</translation>
    </message>
    <message>
      <source>{scale} of {day}: the item about thoughts of death or self-harm was answered above 'not at all'. Talk with the client, then write who did what before you start.</source>
      <translation>{scale} vom {day}: Die Frage nach Gedanken an Tod oder Selbstverletzung wurde höher als „überhaupt nicht“ beantwortet. Sprechen Sie mit dem Klienten, und notieren Sie vor dem Start, wer was getan hat.</translation>
    </message>
    <message>
      <source>{scale} of {day}, at home: the item about thoughts of death or self-harm was answered above 'not at all'. Talk with the client, then write who did what before you start.</source>
      <translation>{scale} vom {day}, zu Hause: Die Frage nach Gedanken an Tod oder Selbstverletzung wurde höher als „überhaupt nicht“ beantwortet. Sprechen Sie mit dem Klienten, und notieren Sie vor dem Start, wer was getan hat.</translation>
    </message>
    <message>
      <source>Worsening: {scale} of {day}, the item about thoughts of death or self-harm is higher than before.</source>
      <translation>Verschlechterung: {scale} vom {day}, die Frage nach Gedanken an Tod oder Selbstverletzung ist höher als zuvor.</translation>
    </message>
    <message>
      <source>Worsening: {scale} of {day}, total {before} → {now}.</source>
      <translation>Verschlechterung: {scale} vom {day}, Summe {before} → {now}.</translation>
    </message>
    <message>
      <source>Worsening: {scale} of {day}, the item about thoughts of death or self-harm is higher than before, total {before} → {now}.</source>
      <translation>Verschlechterung: {scale} vom {day}, die Frage nach Gedanken an Tod oder Selbstverletzung ist höher als zuvor, Summe {before} → {now}.</translation>
    </message>
    <message>
      <source>{scale} of {day}: item {item} was left out. Ask about it.</source>
      <translation>{scale} vom {day}: Frage {item} wurde ausgelassen. Fragen Sie danach.</translation>
    </message>
    <message>
      <source>Thank you for answering openly. You are not alone with this, and it helps to talk about it.</source>
      <translation>Danke, dass Sie offen geantwortet haben. Sie sind damit nicht allein, und es hilft, darüber zu sprechen.</translation>
    </message>
    <message>
      <source>Thank you for answering openly. You are not alone with this, and it helps to talk about it. Nobody watches these answers as you give them: please use the contacts below yourself.</source>
      <translation>Danke, dass Sie offen geantwortet haben. Sie sind damit nicht allein, und es hilft, darüber zu sprechen. Niemand sieht diese Antworten in dem Moment, in dem Sie sie geben: Bitte wenden Sie sich selbst an die Kontakte unten.</translation>
    </message>
    <message>
      <source>Safety note, {scale} of {day}: see the client book (acknowledged by {who} on {when}).</source>
      <translation>Sicherheitsvermerk, {scale} vom {day}: siehe Klientenbuch (bestätigt von {who} am {when}).</translation>
    </message>
    <message>
      <source>Safety note, {scale} of {day}: see the client book (NOT YET ACKNOWLEDGED).</source>
      <translation>Sicherheitsvermerk, {scale} vom {day}: siehe Klientenbuch (NOCH NICHT BESTÄTIGT).</translation>
    </message>
    <message>
      <source>{treatment} is due at {at}: be done with training before it.</source>
      <translation>{treatment} ist um {at} geplant: Beenden Sie das Training vorher.</translation>
    </message>
    <message>
      <source>{treatment} today: no training on the same day.</source>
      <translation>{treatment} heute: kein Training am selben Tag.</translation>
    </message>
    <message>
      <source>{treatment} today: at what time? Train before it, or two hours after it.</source>
      <translation>{treatment} heute: Um welche Zeit? Trainieren Sie vorher oder zwei Stunden danach.</translation>
    </message>
    <message>
      <source>{treatment} is due at {at}: train before it.</source>
      <translation>{treatment} ist um {at} geplant: Trainieren Sie vorher.</translation>
    </message>
    <message>
      <source>{treatment} at {at}: wait until {until}.</source>
      <translation>{treatment} um {at}: Warten Sie bis {until}.</translation>
    </message>
    <message>
      <source>Own symptoms: {n}. {fewest} to {most} of them show changes best.</source>
      <translation>Eigene Symptome: {n}. {fewest} bis {most} davon zeigen Veränderungen am besten.</translation>
    </message>
    <message>
      <source>{n} own symptoms: more than {most} take too long at every visit. Rest some of them.</source>
      <translation>{n} eigene Symptome: Mehr als {most} dauern bei jedem Termin zu lange. Lassen Sie einige ruhen.</translation>
    </message>
    <message>
      <source>This computer's clock says {now} UTC, but the newest entry of the client book is of {newest} UTC. Check date and time; entries keep the order in which they were made.</source>
      <translation>Die Uhr dieses Computers zeigt {now} UTC, der neueste Eintrag des Klientenbuchs ist aber von {newest} UTC. Prüfen Sie Datum und Uhrzeit; Einträge behalten die Reihenfolge, in der sie entstanden.</translation>
    </message>
    <message>
      <source>This client book was written by a newer nfb (version {version} of the book, this program knows {newest}). It is open for reading only. Install the newer nfb to write.</source>
      <translation>Dieses Klientenbuch wurde von einem neueren nfb geschrieben (Version {version} des Buchs, dieses Programm kennt {newest}). Es ist nur zum Lesen geöffnet. Installieren Sie zum Schreiben das neuere nfb.</translation>
    </message>
    <message>
      <source>The client book was brought up to date. A copy of how it was before: {backup}</source>
      <translation>Das Klientenbuch wurde auf den neuesten Stand gebracht. Eine Kopie des vorherigen Stands: {backup}</translation>
    </message>
    <message>
      <source>The file or its folder is write-protected.</source>
      <translation>Die Datei oder ihr Ordner ist schreibgeschützt.</translation>
    </message>
    <message>
      <source>The server allows reading only.</source>
      <translation>Der Server erlaubt nur das Lesen.</translation>
    </message>
    <message>
      <source>Opened for reading only: {why}</source>
      <translation>Nur zum Lesen geöffnet: {why}</translation>
    </message>
    <message>
      <source>The file is damaged in part; it was opened for reading so that nothing more is lost. {advice}</source>
      <translation>Die Datei ist teilweise beschädigt; sie wurde zum Lesen geöffnet, damit nicht noch mehr verloren geht. {advice}</translation>
    </message>
    <message>
      <source>Put a copy from your own backup in its place.</source>
      <translation>Ersetzen Sie sie durch eine Kopie aus Ihrer eigenen Sicherung.</translation>
    </message>
    <message>
      <source>The newest copy that this program took is {backup}.</source>
      <translation>Die neueste Kopie, die dieses Programm angelegt hat, ist {backup}.</translation>
    </message>
    <message>
      <source>{client} belonged to a client who was erased. Choose another code.</source>
      <translation>{client} gehörte zu einem gelöschten Klienten. Wählen Sie einen anderen Code.</translation>
    </message>
    <message>
      <source>{client} is taken already. Choose another code.</source>
      <translation>{client} ist schon vergeben. Wählen Sie einen anderen Code.</translation>
    </message>
    <message>
      <source>{client} already has its {kind}. Read it again and change it.</source>
      <translation>{client} hat diesen Eintrag schon: {kind}. Lesen Sie ihn neu und ändern Sie ihn.</translation>
    </message>
    <message>
      <source>there is no such client in the client book.</source>
      <translation>Einen solchen Klienten gibt es im Klientenbuch nicht.</translation>
    </message>
    <message>
      <source>{book} is open for reading only. {advice}</source>
      <translation>{book} ist nur zum Lesen geöffnet. {advice}</translation>
    </message>
    <message>
      <source>Say why the record goes to another client.</source>
      <translation>Sagen Sie, warum der Eintrag zu einem anderen Klienten kommt.</translation>
    </message>
    <message>
      <source>Say why the session goes to another client.</source>
      <translation>Sagen Sie, warum die Sitzung zu einem anderen Klienten kommt.</translation>
    </message>
    <message>
      <source>The note of this visit is signed; it stays, and so does the session.</source>
      <translation>Die Notiz dieses Termins ist unterschrieben; sie bleibt, und damit auch die Sitzung.</translation>
    </message>
    <message>
      <source>Say why the client is erased, e.g. 'asked for it'.</source>
      <translation>Sagen Sie, warum der Klient gelöscht wird, z. B. „auf eigenen Wunsch“.</translation>
    </message>
    <message>
      <source>The note was signed by {who} already. Add an amendment.</source>
      <translation>Die Notiz wurde schon von {who} unterschrieben. Fügen Sie einen Nachtrag hinzu.</translation>
    </message>
    <message>
      <source>A note is signed with a name. Say who signs.</source>
      <translation>Eine Notiz wird mit einem Namen unterschrieben. Sagen Sie, wer unterschreibt.</translation>
    </message>
    <message>
      <source>{advice} Shorten the visit.</source>
      <translation>{advice} Verkürzen Sie den Termin.</translation>
    </message>
    <message>
      <source>Say why the limits are passed; the reason goes into the client book.</source>
      <translation>Sagen Sie, warum die Grenzen überschritten werden; der Grund kommt ins Klientenbuch.</translation>
    </message>
    <message>
      <source>The {kind} was removed at another desk after you opened it. Nothing was overwritten: look at both and save again.</source>
      <translation>Dieser Eintrag wurde an einem anderen Arbeitsplatz entfernt, nachdem Sie ihn geöffnet hatten: {kind}. Nichts wurde überschrieben: Sehen Sie beides an und speichern Sie erneut.</translation>
    </message>
    <message>
      <source>The {kind} was changed at another desk after you opened it ({changes}). Nothing was overwritten: look at both and save again.</source>
      <translation>Dieser Eintrag wurde an einem anderen Arbeitsplatz geändert, nachdem Sie ihn geöffnet hatten: {kind} ({changes}). Nichts wurde überschrieben: Sehen Sie beides an und speichern Sie erneut.</translation>
    </message>
    <message>
      <source>{field}: theirs {theirs}, yours {yours}</source>
      <translation>{field}: dort {theirs}, bei Ihnen {yours}</translation>
    </message>
    <message>
      <source>another program has held the client book for more than {n} s. Close it there (a backup or a database tool, perhaps) and try again.</source>
      <translation>ein anderes Programm hält das Klientenbuch seit mehr als {n} s fest. Schließen Sie es dort (vielleicht eine Sicherung oder ein Datenbankwerkzeug), und versuchen Sie es erneut.</translation>
    </message>
    <message>
      <source>must be 2 to 16 letters A-Z and digits, at least one of each, such as A031. A name goes into the field for the name.</source>
      <translation>muss aus 2 bis 16 Buchstaben A–Z und Ziffern bestehen, mindestens je einer, z. B. A031. Ein Name gehört in das Feld für den Namen.</translation>
    </message>
    <message>
      <source>must be one of {choices}</source>
      <translation>muss eines von {choices} sein</translation>
    </message>
    <message>
      <source>must be a list</source>
      <translation>muss eine Liste sein</translation>
    </message>
    <message>
      <source>must be a table</source>
      <translation>muss eine Tabelle sein</translation>
    </message>
    <message>
      <source>must be a text</source>
      <translation>muss ein Text sein</translation>
    </message>
    <message>
      <source>must be a whole number</source>
      <translation>muss eine ganze Zahl sein</translation>
    </message>
    <message>
      <source>must be a number</source>
      <translation>muss eine Zahl sein</translation>
    </message>
    <message>
      <source>must be a finite number</source>
      <translation>muss eine endliche Zahl sein</translation>
    </message>
    <message>
      <source>must be a moment with its time zone</source>
      <translation>muss ein Zeitpunkt mit Zeitzone sein</translation>
    </message>
    <message>
      <source>must be a moment from year 1 to 9999</source>
      <translation>muss ein Zeitpunkt vom Jahr 1 bis 9999 sein</translation>
    </message>
    <message>
      <source>must be a table of figures</source>
      <translation>muss eine Tabelle von Zahlen sein</translation>
    </message>
    <message>
      <source>must be a time of day without a time zone</source>
      <translation>muss eine Uhrzeit ohne Zeitzone sein</translation>
    </message>
    <message>
      <source>must be yes or no</source>
      <translation>muss ja oder nein sein</translation>
    </message>
    <message>
      <source>must be a day</source>
      <translation>muss ein Tag sein</translation>
    </message>
    <message>
      <source>must be a time of day</source>
      <translation>muss eine Uhrzeit sein</translation>
    </message>
    <message>
      <source>{n} characters: at most {limit} fit. Shorten it.</source>
      <translation>{n} Zeichen: Höchstens {limit} passen. Bitte kürzen.</translation>
    </message>
    <message>
      <source>is empty. Fill it in.</source>
      <translation>ist leer. Bitte ausfüllen.</translation>
    </message>
    <message>
      <source>must be from {low} to {high}</source>
      <translation>muss von {low} bis {high} liegen</translation>
    </message>
    <message>
      <source>two keys differ only in characters that are not kept. Rename one.</source>
      <translation>Zwei Schlüssel unterscheiden sich nur in Zeichen, die nicht gespeichert werden. Benennen Sie einen um.</translation>
    </message>
    <message>
      <source>lies before it was given ({given})</source>
      <translation>liegt vor der Erteilung ({given})</translation>
    </message>
    <message>
      <source>the highest on this {measure} is {highest}</source>
      <translation>Das Höchste auf dieser Skala ({measure}) ist {highest}</translation>
    </message>
    <message>
      <source>{n} answers given, {scale} has {items} items</source>
      <translation>{n} Antworten gegeben, {scale} hat {items} Fragen</translation>
    </message>
    <message>
      <source>is not the answer to item {item}</source>
      <translation>ist nicht die Antwort auf Frage {item}</translation>
    </message>
    <message>
      <source>{scale} goes from {low} to {high}</source>
      <translation>{scale} reicht von {low} bis {high}</translation>
    </message>
    <message>
      <source>only its total can be entered. {licence}</source>
      <translation>Nur die Gesamtsumme kann eingegeben werden. {licence}</translation>
    </message>
    <message>
      <source>{n} answers given, it has {items} items</source>
      <translation>{n} Antworten gegeben, es sind {items} Fragen</translation>
    </message>
    <message>
      <source>enter the answer to item {item} beside the total</source>
      <translation>Geben Sie neben der Summe die Antwort auf Frage {item} ein</translation>
    </message>
    <message>
      <source>enter it as {scale}, so that its range and its items are checked</source>
      <translation>Geben Sie es als {scale} ein, damit Bereich und Fragen geprüft werden</translation>
    </message>
    <message>
      <source>a confirmation needs the clinician's name and a reason</source>
      <translation>Eine Bestätigung braucht den Namen der Fachperson und einen Grund</translation>
    </message>
    <message>
      <source>a signed note carries who signed it and when, a draft neither</source>
      <translation>Eine unterschriebene Notiz trägt, wer sie wann unterschrieben hat, ein Entwurf keines von beiden</translation>
    </message>
    <message>
      <source>an empty note cannot be signed</source>
      <translation>Eine leere Notiz kann nicht unterschrieben werden</translation>
    </message>
    <message>
      <source>the note is signed and stays as it is. Add an amendment.</source>
      <translation>Die Notiz ist unterschrieben und bleibt, wie sie ist. Fügen Sie einen Nachtrag hinzu.</translation>
    </message>
    <message>
      <source>a result stays as it was answered. Retract it with a reason and enter it again.</source>
      <translation>Ein Ergebnis bleibt, wie geantwortet wurde. Ziehen Sie es mit einem Grund zurück und geben Sie es neu ein.</translation>
    </message>
    <message>
      <source>the code is in the recordings' names; it stays. Add a new client instead.</source>
      <translation>Der Code steht in den Namen der Aufzeichnungen; er bleibt. Legen Sie stattdessen einen neuen Klienten an.</translation>
    </message>
    <message>
      <source>the session is not paused</source>
      <translation>die Sitzung ist nicht pausiert</translation>
    </message>
    <message>
      <source>the session is paused already</source>
      <translation>die Sitzung ist schon pausiert</translation>
    </message>
    <message>
      <source>no threshold here is a percentile that could be taken anew</source>
      <translation>keine Schwelle ist hier ein Perzentil, das neu bestimmt werden könnte</translation>
    </message>
    <message>
      <source>new filters need {needed} s of clean EEG, there are {there} s</source>
      <translation>neue Filter brauchen {needed} s sauberes EEG, es gibt {there} s</translation>
    </message>
    <message>
      <source>{n} thresholds: the protocol has {n_conditions} conditions</source>
      <translation>{n} Schwellen: das Protokoll hat {n_conditions} Bedingungen</translation>
    </message>
    <message>
      <source>thresholds must be finite numbers</source>
      <translation>Schwellen müssen endliche Zahlen sein</translation>
    </message>
    <message>
      <source>condition {condition}: the protocol has conditions 0 to {last}</source>
      <translation>Bedingung {condition}: das Protokoll hat die Bedingungen 0 bis {last}</translation>
    </message>
    <message>
      <source>threshold {value}: must be a finite number</source>
      <translation>Schwelle {value}: muss eine endliche Zahl sein</translation>
    </message>
    <message>
      <source>target {value}: must lie between 0 and 1</source>
      <translation>Ziel {value}: muss zwischen 0 und 1 liegen</translation>
    </message>
    <message>
      <source>there is no clean baseline to take the threshold from</source>
      <translation>es gibt keine saubere Ruhemessung, aus der sich die Schwelle ergäbe</translation>
    </message>
    <message>
      <source>thresholds are recalibrated once a session at the most, and this one has been</source>
      <translation>Schwellen werden höchstens einmal je Sitzung neu kalibriert, und das ist schon geschehen</translation>
    </message>
    <message>
      <source>a recalibration needs {needed} s of clean training, there are {there} s</source>
      <translation>eine neue Kalibrierung braucht {needed} s sauberes Training, es gibt {there} s</translation>
    </message>
    <message>
      <source>the last run is over</source>
      <translation>der letzte Durchgang ist vorbei</translation>
    </message>
    <message>
      <source>{runs} runs: a session has 1 to {most}</source>
      <translation>{runs} Durchgänge: eine Sitzung hat 1 bis {most}</translation>
    </message>
    <message>
      <source>{runs} runs: run {begun} has begun already</source>
      <translation>{runs} Durchgänge: Durchgang {begun} hat schon begonnen</translation>
    </message>
    <message>
      <source>runs of {run_s} s: must last {shortest} to {longest} s</source>
      <translation>Durchgänge von {run_s} s: müssen {shortest} bis {longest} s dauern</translation>
    </message>
    <message>
      <source>alpha peak {hz} Hz: must lie from {lowest} to {highest} Hz</source>
      <translation>Alphaspitze {hz} Hz: muss zwischen {lowest} und {highest} Hz liegen</translation>
    </message>
    <message>
      <source>say why this alpha peak is used</source>
      <translation>geben Sie an, warum diese Alphaspitze verwendet wird</translation>
    </message>
    <message>
      <source>upper edge must be below {half} Hz (half of {rate} Hz). Choose a lower band or a headset with a higher rate.</source>
      <translation>Die obere Kante muss unter {half} Hz liegen (der Hälfte von {rate} Hz). Wählen Sie ein tieferes Band oder ein Headset mit höherer Rate.</translation>
    </message>
    <message>
      <source>a baseline needs at least 1 s, and an end</source>
      <translation>Eine Ruhemessung braucht mindestens 1 s und ein Ende</translation>
    </message>
    <message>
      <source>an alpha peak lies from 5 to 15 Hz; leave it out if it is not known</source>
      <translation>Eine Alphaspitze liegt bei 5 bis 15 Hz; lassen Sie sie weg, wenn sie nicht bekannt ist</translation>
    </message>
    <message>
      <source>a session has 1 to {most} runs</source>
      <translation>Eine Sitzung hat 1 bis {most} Durchgänge</translation>
    </message>
    <message>
      <source>a run lasts {shortest} to {longest} s</source>
      <translation>Ein Durchgang dauert {shortest} bis {longest} s</translation>
    </message>
    <message>
      <source>a rest lasts 0 to {longest} s</source>
      <translation>Eine Pause dauert 0 bis {longest} s</translation>
    </message>
    <message>
      <source>must lie between 0 and 1; it is a share of time, 65 % is 0.65</source>
      <translation>muss zwischen 0 und 1 liegen; es ist ein Zeitanteil, 65 % sind 0.65</translation>
    </message>
    <message>
      <source>the threshold of {feature} comes from the baseline, none was carried over</source>
      <translation>Die Schwelle von {feature} kommt aus der Ruhemessung; es wurde keine übernommen</translation>
    </message>
    <message>
      <source>needs {sites}; this headset has {there}. Choose a protocol for these sites, or name the channels after where the electrodes are.</source>
      <translation>braucht {sites}; dieses Headset hat {there}. Wählen Sie ein Protokoll für diese Orte, oder benennen Sie die Kanäle danach, wo die Elektroden sitzen.</translation>
    </message>
    <message>
      <source> or </source>
      <translation> oder </translation>
    </message>
    <message>
      <source>The headset sends no samples.</source>
      <translation>Das Headset sendet keine Messwerte.</translation>
    </message>
    <message>
      <source>The headset delivers {rate_hz} samples a second, not {declared_hz} as it declares: every band is off by {percent} %.</source>
      <translation>Das Headset liefert {rate_hz} Messwerte pro Sekunde, nicht {declared_hz}, wie es angibt: Jedes Band ist um {percent} % verschoben.</translation>
    </message>
    <message>
      <source>Look for its setting, or for samples lost on the way.</source>
      <translation>Prüfen Sie seine Einstellung, oder ob unterwegs Messwerte verloren gehen.</translation>
    </message>
    <message>
      <source>Unexpected error: {error}. What was recorded is kept.</source>
      <translation>Unerwarteter Fehler: {error}. Was aufgezeichnet wurde, bleibt erhalten.</translation>
    </message>
    <message>
      <source>{place}: {reason}; trying the next folder.</source>
      <translation>{place}: {reason}; der nächste Ordner wird versucht.</translation>
    </message>
    <message>
      <source>{place}: {reason}. The recording goes on in {root}.</source>
      <translation>{place}: {reason}. Die Aufzeichnung geht in {root} weiter.</translation>
    </message>
    <message>
      <source>{place}: {reason}. No other folder can be written: samples are kept in memory for 30 minutes. Free some disk space or connect the drive again.</source>
      <translation>{place}: {reason}. In keinen anderen Ordner kann geschrieben werden: Messwerte bleiben 30 Minuten im Arbeitsspeicher. Schaffen Sie Platz auf dem Datenträger, oder schließen Sie das Laufwerk wieder an.</translation>
    </message>
    <message>
      <source>Memory for the recording is full: samples from now on are not kept. Free some disk space and end the session; what was recorded before is still here.</source>
      <translation>Der Arbeitsspeicher für die Aufzeichnung ist voll: Messwerte werden ab jetzt nicht mehr behalten. Schaffen Sie Platz auf dem Datenträger, und beenden Sie die Sitzung; was vorher aufgezeichnet wurde, ist noch da.</translation>
    </message>
    <message>
      <source>The recording is on disk again, in {root}.</source>
      <translation>Die Aufzeichnung liegt wieder auf dem Datenträger, in {root}.</translation>
    </message>
    <message>
      <source>{place} was removed. The recording was written again to {root}.</source>
      <translation>{place} wurde entfernt. Die Aufzeichnung wurde erneut nach {root} geschrieben.</translation>
    </message>
    <message>
      <source>{place} was removed. The recording is kept in memory until a folder can be written.</source>
      <translation>{place} wurde entfernt. Die Aufzeichnung bleibt im Arbeitsspeicher, bis in einen Ordner geschrieben werden kann.</translation>
    </message>
    <message>
      <source>The LSL stream has ended or cannot be reached.</source>
      <translation>Der LSL-Strom ist zu Ende oder nicht erreichbar.</translation>
    </message>
    <message>
      <source>No samples for {n} s.</source>
      <translation>Seit {n} s keine Messwerte.</translation>
    </message>
    <message>
      <source>The LSL stream '{stream}' is not seen.</source>
      <translation>Der LSL-Strom „{stream}“ ist nicht zu sehen.</translation>
    </message>
    <message>
      <source>Start it again in the amplifier's software.</source>
      <translation>Starten Sie ihn in der Software des Verstärkers neu.</translation>
    </message>
    <message>
      <source>The LSL stream '{stream}' came back with {n} channels at {hz} Hz, not {n_before} at {hz_before} Hz.</source>
      <translation>Der LSL-Strom „{stream}“ kam mit {n} Kanälen bei {hz} Hz zurück, nicht mit {n_before} bei {hz_before} Hz.</translation>
    </message>
    <message>
      <source>Set the amplifier's software as it was.</source>
      <translation>Stellen Sie die Software des Verstärkers wie vorher ein.</translation>
    </message>
    <message>
      <source>The LSL stream '{stream}' was seen but cannot be reached.</source>
      <translation>Der LSL-Strom „{stream}“ war zu sehen, ist aber nicht erreichbar.</translation>
    </message>
    <message>
      <source>Look whether a firewall stands between, and start the stream again.</source>
      <translation>Prüfen Sie, ob eine Firewall dazwischen liegt, und starten Sie den Strom neu.</translation>
    </message>
    <message>
      <source>The LSL stream '{stream}' does not answer.</source>
      <translation>Der LSL-Strom „{stream}“ antwortet nicht.</translation>
    </message>
    <message>
      <source>Start it again in its software.</source>
      <translation>Starten Sie ihn in seiner Software neu.</translation>
    </message>
    <message>
      <source>LSL stream '{stream}' on {host}; clock offset {ms} ms</source>
      <translation>LSL-Strom „{stream}“ auf {host}; Uhrenversatz {ms} ms</translation>
    </message>
    <message>
      <source>No LSL stream named '{stream}' on this computer; seen: {seen}.</source>
      <translation>Kein LSL-Strom namens „{stream}“ auf diesem Computer; zu sehen: {seen}.</translation>
    </message>
    <message>
      <source>No LSL stream named '{stream}' on the network; seen: {seen}.</source>
      <translation>Kein LSL-Strom namens „{stream}“ im Netzwerk; zu sehen: {seen}.</translation>
    </message>
    <message>
      <source>No LSL stream of type EEG on this computer; seen: {seen}.</source>
      <translation>Kein LSL-Strom vom Typ EEG auf diesem Computer; zu sehen: {seen}.</translation>
    </message>
    <message>
      <source>No LSL stream of type EEG on the network; seen: {seen}.</source>
      <translation>Kein LSL-Strom vom Typ EEG im Netzwerk; zu sehen: {seen}.</translation>
    </message>
    <message>
      <source>Start streaming in the amplifier's software, or give --param scope=network if it runs elsewhere.</source>
      <translation>Starten Sie das Senden in der Software des Verstärkers, oder geben Sie --param scope=network an, wenn sie anderswo läuft.</translation>
    </message>
    <message>
      <source>Start streaming in the amplifier's software.</source>
      <translation>Starten Sie das Senden in der Software des Verstärkers.</translation>
    </message>
    <message>
      <source>there is no such file. Check the spelling and the folder.</source>
      <translation>Diese Datei gibt es nicht. Prüfen Sie Schreibweise und Ordner.</translation>
    </message>
    <message>
      <source>is a folder. Name the .toml file in it.</source>
      <translation>ist ein Ordner. Nennen Sie die .toml-Datei darin.</translation>
    </message>
    <message>
      <source>cannot be read ({reason}). Check the file's name and permissions.</source>
      <translation>kann nicht gelesen werden ({reason}). Prüfen Sie Namen und Rechte der Datei.</translation>
    </message>
    <message>
      <source>sessions have used this version of {id}, so it stays as it is; save the change as version {next}</source>
      <translation>Sitzungen haben diese Version von {id} verwendet, sie bleibt deshalb, wie sie ist; speichern Sie die Änderung als Version {next}</translation>
    </message>
    <message>
      <source>cannot be written ({reason}). Choose another folder.</source>
      <translation>kann nicht geschrieben werden ({reason}). Wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
      <source>the settings cannot be read ({reason}). The usual ones are used.</source>
      <translation>Die Einstellungen können nicht gelesen werden ({reason}). Es gelten die üblichen.</translation>
    </message>
    <message>
      <source>the settings cannot be written ({reason}).</source>
      <translation>Die Einstellungen können nicht geschrieben werden ({reason}).</translation>
    </message>
    <message>
      <source>is not finished. End the session, or run `nfb recover`, then reassign it.</source>
      <translation>ist nicht abgeschlossen. Beenden Sie die Sitzung, oder führen Sie `nfb recover` aus, und ordnen Sie sie dann neu zu.</translation>
    </message>
    <message>
      <source>could not be given to {client}: {reason}. It was left as it is.</source>
      <translation>konnte nicht {client} zugeordnet werden: {reason}. Alles ist geblieben, wie es war.</translation>
    </message>
    <message>
      <source>was not recorded by this program. Choose a protocol to run on it.</source>
      <translation>wurde nicht mit diesem Programm aufgezeichnet. Wählen Sie ein Protokoll, das darauf laufen soll.</translation>
    </message>
    <message>
      <source>lies within the recordings. Choose a folder outside of them.</source>
      <translation>liegt in den Aufzeichnungen. Wählen Sie einen Ordner außerhalb davon.</translation>
    </message>
    <message>
      <source>not everything could be copied ({reason}).</source>
      <translation>Nicht alles konnte kopiert werden ({reason}).</translation>
    </message>
    <message>
      <source>cannot be written: {reason}.</source>
      <translation>kann nicht geschrieben werden: {reason}.</translation>
    </message>
    <message>
      <source>is larger than {most} KiB; this is not a protocol. Choose a .toml file.</source>
      <translation>ist größer als {most} KiB; das ist kein Protokoll. Wählen Sie eine .toml-Datei.</translation>
    </message>
    <message>
      <source>byte {at} is not UTF-8 text. Choose a .toml file, or save it as UTF-8.</source>
      <translation>Byte {at} ist kein UTF-8-Text. Wählen Sie eine .toml-Datei, oder speichern Sie sie als UTF-8.</translation>
    </message>
    <message>
      <source>is empty. A protocol begins with schema = 1; copy one of the shipped files and change it.</source>
      <translation>ist leer. Ein Protokoll beginnt mit schema = 1; kopieren Sie eine der mitgelieferten Dateien und ändern Sie sie.</translation>
    </message>
    <message>
      <source>has comments only. A protocol begins with schema = 1; copy one of the shipped files and change it.</source>
      <translation>enthält nur Kommentare. Ein Protokoll beginnt mit schema = 1; kopieren Sie eine der mitgelieferten Dateien und ändern Sie sie.</translation>
    </message>
    <message>
      <source>has lists nested too deep to be read. A protocol begins with schema = 1; copy one of the shipped files and change it.</source>
      <translation>hat zu tief verschachtelte Listen. Ein Protokoll beginnt mit schema = 1; kopieren Sie eine der mitgelieferten Dateien und ändern Sie sie.</translation>
    </message>
    <message>
      <source>has a zero byte at character {at}; this is not a text file.</source>
      <translation>hat ein Nullbyte bei Zeichen {at}; das ist keine Textdatei.</translation>
    </message>
    <message>
      <source>character {at} is half a letter. Save the file as UTF-8.</source>
      <translation>Zeichen {at} ist ein halber Buchstabe. Speichern Sie die Datei als UTF-8.</translation>
    </message>
    <message>
      <source>is not TOML: {where}. Mend that line.</source>
      <translation>ist kein TOML: {where}. Berichtigen Sie diese Zeile.</translation>
    </message>
    <message>
      <source>has a number of thousands of digits. Write a shorter one.</source>
      <translation>hat eine Zahl mit Tausenden von Ziffern. Schreiben Sie eine kürzere.</translation>
    </message>
    <message>
      <source>is missing: write schema = {schema} as the first line.</source>
      <translation>fehlt: Schreiben Sie schema = {schema} als erste Zeile.</translation>
    </message>
    <message>
      <source>this file needs a newer nfb, this one reads schema {schema}. Update nfb.</source>
      <translation>Diese Datei braucht ein neueres nfb, dieses liest Schema {schema}. Aktualisieren Sie nfb.</translation>
    </message>
    <message>
      <source>must be the whole number {schema}.</source>
      <translation>muss die ganze Zahl {schema} sein.</translation>
    </message>
    <message>
      <source>cannot be written: {reason}. Choose another folder.</source>
      <translation>kann nicht geschrieben werden: {reason}. Wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
      <source>no space left on device</source>
      <translation>kein Speicherplatz mehr auf dem Datenträger</translation>
    </message>
    <message>
      <source>disk quota exceeded</source>
      <translation>Speicherkontingent überschritten</translation>
    </message>
    <message>
      <source>permission denied</source>
      <translation>Zugriff verweigert</translation>
    </message>
    <message>
      <source>operation not permitted</source>
      <translation>Vorgang nicht erlaubt</translation>
    </message>
    <message>
      <source>read-only file system</source>
      <translation>schreibgeschütztes Dateisystem</translation>
    </message>
    <message>
      <source>no such file or directory</source>
      <translation>Datei oder Ordner nicht vorhanden</translation>
    </message>
    <message>
      <source>not a directory</source>
      <translation>kein Ordner</translation>
    </message>
    <message>
      <source>is a directory</source>
      <translation>ist ein Ordner</translation>
    </message>
    <message>
      <source>file exists</source>
      <translation>Datei ist schon vorhanden</translation>
    </message>
    <message>
      <source>directory not empty</source>
      <translation>Ordner ist nicht leer</translation>
    </message>
    <message>
      <source>input/output error</source>
      <translation>Ein-/Ausgabefehler des Laufwerks</translation>
    </message>
    <message>
      <source>no such device or address</source>
      <translation>Gerät oder Adresse nicht vorhanden</translation>
    </message>
    <message>
      <source>no such device</source>
      <translation>Gerät nicht vorhanden</translation>
    </message>
    <message>
      <source>device or resource busy</source>
      <translation>Gerät ist belegt</translation>
    </message>
    <message>
      <source>stale file handle</source>
      <translation>Datei auf dem Server nicht mehr gültig</translation>
    </message>
    <message>
      <source>file name too long</source>
      <translation>Dateiname zu lang</translation>
    </message>
    <message>
      <source>file too large</source>
      <translation>Datei zu groß</translation>
    </message>
    <message>
      <source>too many open files</source>
      <translation>zu viele offene Dateien</translation>
    </message>
    <message>
      <source>connection timed out</source>
      <translation>Zeitüberschreitung der Verbindung</translation>
    </message>
    <message>
      <source>must be text in double quotes</source>
      <translation>muss Text in doppelten Anführungszeichen sein</translation>
    </message>
    <message>
      <source>must be true or false, without quotes</source>
      <translation>muss true oder false sein, ohne Anführungszeichen</translation>
    </message>
    <message>
      <source>must be a whole number, without quotes</source>
      <translation>muss eine ganze Zahl sein, ohne Anführungszeichen</translation>
    </message>
    <message>
      <source>must be a smaller number</source>
      <translation>muss eine kleinere Zahl sein</translation>
    </message>
    <message>
      <source>must be a number, without quotes</source>
      <translation>muss eine Zahl sein, ohne Anführungszeichen</translation>
    </message>
    <message>
      <source>must be a list in square brackets</source>
      <translation>muss eine Liste in eckigen Klammern sein</translation>
    </message>
    <message>
      <source>is missing: write {example}</source>
      <translation>fehlt: Schreiben Sie {example}</translation>
    </message>
    <message>
      <source>must be above {limit}</source>
      <translation>muss über {limit} liegen</translation>
    </message>
    <message>
      <source>must be at least {limit}</source>
      <translation>muss mindestens {limit} sein</translation>
    </message>
    <message>
      <source>must be below {limit}</source>
      <translation>muss unter {limit} liegen</translation>
    </message>
    <message>
      <source>must be at most {limit}</source>
      <translation>darf höchstens {limit} sein</translation>
    </message>
    <message>
      <source>must not be empty</source>
      <translation>darf nicht leer sein</translation>
    </message>
    <message>
      <source>must have at most {most} entries, has {n}</source>
      <translation>darf höchstens {most} Einträge haben, hat {n}</translation>
    </message>
    <message>
      <source>must be one line</source>
      <translation>muss eine Zeile sein</translation>
    </message>
    <message>
      <source>must be two finite numbers in Hz, lower edge first, for example [12, 15]</source>
      <translation>müssen zwei endliche Zahlen in Hz sein, die untere Kante zuerst, z. B. [12, 15]</translation>
    </message>
    <message>
      <source>lower edge must be at least {limit} Hz; what is slower is filtered out</source>
      <translation>Die untere Kante muss mindestens {limit} Hz sein; Langsameres wird weggefiltert</translation>
    </message>
    <message>
      <source>upper edge must be at most {limit} Hz; choose a lower band</source>
      <translation>Die obere Kante darf höchstens {limit} Hz sein; wählen Sie ein tieferes Band</translation>
    </message>
    <message>
      <source>upper edge must be at least {limit} Hz above the lower edge</source>
      <translation>Die obere Kante muss mindestens {limit} Hz über der unteren liegen</translation>
    </message>
    <message>
      <source>must be two finite numbers in Hz, counted from the alpha peak, for example [0, 2]</source>
      <translation>müssen zwei endliche Zahlen in Hz sein, von der Alphaspitze aus gezählt, z. B. [0, 2]</translation>
    </message>
    <message>
      <source>edges must lie between {low} and +{high} Hz from the alpha peak</source>
      <translation>Die Kanten müssen zwischen {low} und +{high} Hz von der Alphaspitze liegen</translation>
    </message>
    <message>
      <source>must be the name of one site, for example "C3"</source>
      <translation>muss der Name eines Elektrodenorts sein, z. B. "C3"</translation>
    </message>
    <message>
      <source>a feature's name has small letters, digits and _, begins with a letter, at most 32 of them</source>
      <translation>Der Name eines Merkmals hat kleine Buchstaben, Ziffern und _, beginnt mit einem Buchstaben und hat höchstens 32 Zeichen</translation>
    </message>
    <message>
      <source>must be small letters, digits and single hyphens, at most 40, for example "smr-central"</source>
      <translation>müssen kleine Buchstaben, Ziffern und einzelne Bindestriche sein, höchstens 40, z. B. "smr-central"</translation>
    </message>
    <message>
      <source>must be a bare DOI, for example "10.1093/brain/awaa009", or left out</source>
      <translation>muss eine bloße DOI sein, z. B. "10.1093/brain/awaa009", oder wegbleiben</translation>
    </message>
    <message>
      <source>must be "device", "average" or a list of sites, for example ["A1", "A2"]</source>
      <translation>muss "device", "average" oder eine Liste von Elektrodenorten sein, z. B. ["A1", "A2"]</translation>
    </message>
    <message>
      <source>must be the name of one site, for example "Cz", or a list of them, such as ["C3", "C4"]</source>
      <translation>muss der Name eines Elektrodenorts sein, z. B. "Cz", oder eine Liste davon, z. B. ["C3", "C4"]</translation>
    </message>
    <message>
      <source>must be a number above 0 and up to 10000, or false to switch this guard off</source>
      <translation>muss eine Zahl über 0 bis 10000 sein, oder false, um diesen Wächter abzuschalten</translation>
    </message>
    <message>
      <source>must be at most {n}, the number of sites; leave it out to need all of them</source>
      <translation>darf höchstens {n} sein, die Zahl der Orte; lassen Sie es weg, um alle zu verlangen</translation>
    </message>
    <message>
      <source>must contain the whole band, which is [{low}, {high}]; it is [{from_hz}, {to_hz}]</source>
      <translation>muss das ganze Band enthalten, also [{low}, {high}]; es ist [{from_hz}, {to_hz}]</translation>
    </message>
    <message>
      <source>must be at most {limit} s for a slow feature, half of the second it is averaged over</source>
      <translation>darf für ein langsames Merkmal höchstens {limit} s sein, die Hälfte der Sekunde, über die gemittelt wird</translation>
    </message>
    <message>
      <source>must be longer than the delay, which is {delay} s; lengthen it or shorten delay_s</source>
      <translation>muss länger als die Verzögerung von {delay} s sein; verlängern Sie es oder verkürzen Sie delay_s</translation>
    </message>
    <message>
      <source>has no meaning for kind = "{of}"; remove it</source>
      <translation>hat keine Bedeutung für kind = "{of}"; entfernen Sie es</translation>
    </message>
    <message>
      <source>is missing: kind = "{of}" needs it; write {example}</source>
      <translation>fehlt: kind = "{of}" braucht es; schreiben Sie {example}</translation>
    </message>
    <message>
      <source>must have as many sites as sites has, {n}; pair them</source>
      <translation>muss so viele Orte haben wie sites, also {n}; bilden Sie Paare</translation>
    </message>
    <message>
      <source>is a logarithm, which cannot be divided; set log here, not there</source>
      <translation>ist ein Logarithmus und kann nicht geteilt werden; setzen Sie log hier, nicht dort</translation>
    </message>
    <message>
      <source>must differ from the numerator; a ratio to itself is always 1</source>
      <translation>muss sich vom Zähler unterscheiden; ein Verhältnis zu sich selbst ist immer 1</translation>
    </message>
    <message>
      <source>must be the two sites that it is between, for example ["F3", "F4"]; there are {n}</source>
      <translation>müssen die zwei Orte sein, zwischen denen es liegt, z. B. ["F3", "F4"]; es sind {n}</translation>
    </message>
    <message>
      <source>must be at least {limit} s; in less any two sites seem coupled; leave it out for 4</source>
      <translation>muss mindestens {limit} s sein; in kürzerer Zeit wirken je zwei Orte gekoppelt; lassen Sie es für 4 weg</translation>
    </message>
    <message>
      <source>there is no such feature{guess}; choose one of {known}</source>
      <translation>Ein solches Merkmal gibt es nicht{guess}; wählen Sie eines von {known}</translation>
    </message>
    <message>
      <source>conditions[{n}] is about it already; a feature has one condition, remove one of them</source>
      <translation>conditions[{n}] handelt schon davon; ein Merkmal hat eine Bedingung, entfernen Sie eine</translation>
    </message>
    <message>
      <source>at least one must have role = "reward"; without it nothing can be rewarded</source>
      <translation>mindestens eine muss role = "reward" haben; sonst kann nichts belohnt werden</translation>
    </message>
    <message>
      <source>has no meaning for rule = "{of}"; remove it</source>
      <translation>hat keine Bedeutung für rule = "{of}"; entfernen Sie es</translation>
    </message>
    <message>
      <source>has no meaning for rule = "{of}", which finds it in the baseline; remove it</source>
      <translation>hat keine Bedeutung für rule = "{of}", das es in der Ruhemessung findet; entfernen Sie es</translation>
    </message>
    <message>
      <source>is missing: rule = "{of}" needs it; write {example}</source>
      <translation>fehlt: rule = "{of}" braucht es; schreiben Sie {example}</translation>
    </message>
    <message>
      <source>must be above 0, as every {of} is; choose a higher one</source>
      <translation>muss über 0 liegen, wie bei {of} immer; wählen Sie einen höheren Wert</translation>
    </message>
    <message>
      <source>must be below 1, as every share is; choose a lower one</source>
      <translation>muss unter 1 liegen, wie jeder Anteil; wählen Sie einen kleineren Wert</translation>
    </message>
    <message>
      <source>must be below high, which is {limit}; choose a lower one</source>
      <translation>muss unter high liegen, also unter {limit}; wählen Sie einen kleineren Wert</translation>
    </message>
    <message>
      <source>has nothing to correct: no condition has rule = "baseline_percentile"; remove the table</source>
      <translation>hat nichts zu korrigieren: Keine Bedingung hat rule = "baseline_percentile"; entfernen Sie die Tabelle</translation>
    </message>
    <message>
      <source>cannot be switched off: features.{name} reaches {highest} Hz, and from {limit} Hz on muscle looks like EEG; give a limit in µV or remove the line</source>
      <translation>kann nicht abgeschaltet werden: features.{name} reicht bis {highest} Hz, und ab {limit} Hz sieht Muskel wie EEG aus; geben Sie eine Grenze in µV an oder entfernen Sie die Zeile</translation>
    </message>
    <message>
      <source>must be 0 or at least {limit} s; an alpha peak needs so much clean EEG</source>
      <translation>muss 0 oder mindestens {limit} s sein; eine Alphaspitze braucht so viel sauberes EEG</translation>
    </message>
    <message>
      <source>must be at most baseline_s = {limit}; lengthen the baseline or ask for less</source>
      <translation>darf höchstens baseline_s = {limit} sein; verlängern Sie die Ruhemessung oder verlangen Sie weniger</translation>
    </message>
    <message>
      <source>at least one must have role = "reward"; name one more</source>
      <translation>mindestens eine muss role = "reward" haben; nennen Sie eine weitere</translation>
    </message>
    <message>
      <source>must differ from theta; nothing crosses itself</source>
      <translation>muss sich von theta unterscheiden; nichts kreuzt sich selbst</translation>
    </message>
    <message>
      <source>there is no such file. Check the name and the folder.</source>
      <translation>Diese Datei gibt es nicht. Prüfen Sie Namen und Ordner.</translation>
    </message>
    <message>
      <source>this folder is no session of this program. Choose a file, or a session folder.</source>
      <translation>Dieser Ordner ist keine Sitzung dieses Programms. Wählen Sie eine Datei oder einen Sitzungsordner.</translation>
    </message>
    <message>
      <source>this is not a file. Choose the file that holds the samples.</source>
      <translation>Das ist keine Datei. Wählen Sie die Datei mit den Abtastwerten.</translation>
    </message>
    <message>
      <source>it cannot be read ({reason}). Check the permissions and the drive.</source>
      <translation>Sie kann nicht gelesen werden ({reason}). Prüfen Sie die Rechte und das Laufwerk.</translation>
    </message>
    <message>
      <source>the file is empty. Copy it again from where it was recorded.</source>
      <translation>Die Datei ist leer. Kopieren Sie sie noch einmal von dort, wo aufgezeichnet wurde.</translation>
    </message>
    <message>
      <source>{size} GiB is more than the {most} GiB that are read. Cut it shorter.</source>
      <translation>{size} GiB sind mehr als die {most} GiB, die gelesen werden. Kürzen Sie sie.</translation>
    </message>
    <message>
      <source>it does not fit into memory. Cut it shorter.</source>
      <translation>Sie passt nicht in den Arbeitsspeicher. Kürzen Sie sie.</translation>
    </message>
    <message>
      <source>its content is no known recording. EDF, BDF, BrainVision, XDF, OpenBCI, Muse and BrainFlow files and tables with channel names are read.</source>
      <translation>Der Inhalt ist keine bekannte Aufzeichnung. Gelesen werden Dateien von EDF, BDF, BrainVision, XDF, OpenBCI, Muse und BrainFlow sowie Tabellen mit Kanalnamen.</translation>
    </message>
    <message>
      <source>it holds no samples. Choose a recording that was not stopped before it began.</source>
      <translation>Sie enthält keine Abtastwerte. Wählen Sie eine Aufzeichnung, die nicht vor ihrem Beginn beendet wurde.</translation>
    </message>
    <message>
      <source>none of its values is a finite number. Export the recording again.</source>
      <translation>Keiner ihrer Werte ist eine endliche Zahl. Exportieren Sie die Aufzeichnung noch einmal.</translation>
    </message>
    <message>
      <source>a sampling rate of {rate} Hz is outside {least}–{most} Hz. Give the true rate as sampling_rate_hz, or export the recording again.</source>
      <translation>Eine Abtastrate von {rate} Hz liegt außerhalb von {least}–{most} Hz. Geben Sie die wahre Rate als sampling_rate_hz an oder exportieren Sie die Aufzeichnung noch einmal.</translation>
    </message>
    <message>
      <source>a text-mode transfer (ftp, git) put a carriage return before each of its {n} line feeds. Copy it again in binary mode, or undo it by replacing every CR LF by LF.</source>
      <translation>Eine Übertragung im Textmodus (ftp, git) hat vor jeden der {n} Zeilenvorschübe einen Wagenrücklauf gesetzt. Kopieren Sie sie noch einmal im Binärmodus, oder ersetzen Sie jedes CR LF durch LF.</translation>
    </message>
    <message>
      <source>it was handled as UTF-8 text, which replaced {n} bytes for good. Copy it again in binary mode.</source>
      <translation>Sie wurde als UTF-8-Text behandelt, was {n} Bytes endgültig ersetzt hat. Kopieren Sie sie noch einmal im Binärmodus.</translation>
    </message>
    <message>
      <source>its data file is damaged: {why}</source>
      <translation>Ihre Datendatei ist beschädigt: {why}</translation>
    </message>
    <message>
      <source>it holds no whole data record. Copy it again from where it was recorded.</source>
      <translation>Sie enthält keinen ganzen Datensatz. Kopieren Sie sie noch einmal von dort, wo aufgezeichnet wurde.</translation>
    </message>
    <message>
      <source>its data records do not begin where the header says, so bytes were lost or added inside it. Copy it again in binary mode.</source>
      <translation>Ihre Datensätze beginnen nicht dort, wo der Kopf es sagt; es gingen also Bytes verloren oder kamen hinzu. Kopieren Sie sie noch einmal im Binärmodus.</translation>
    </message>
    <message>
      <source>none of its {n} signals is EEG ({names}). Choose the file that holds the EEG.</source>
      <translation>Keines ihrer {n} Signale ist EEG ({names}). Wählen Sie die Datei mit dem EEG.</translation>
    </message>
    <message>
      <source>none of its channels is EEG. Choose the file that holds the EEG.</source>
      <translation>Keiner ihrer Kanäle ist EEG. Wählen Sie die Datei mit dem EEG.</translation>
    </message>
    <message>
      <source>its data file {file} is not beside it. Copy the .vhdr, .eeg and .vmrk files together.</source>
      <translation>Ihre Datendatei {file} liegt nicht daneben. Kopieren Sie die Dateien .vhdr, .eeg und .vmrk zusammen.</translation>
    </message>
    <message>
      <source>none of its columns is an EEG channel. Name the columns by their sites (Fz, Cz, …) in the first row.</source>
      <translation>Keine ihrer Spalten ist ein EEG-Kanal. Nennen Sie die Spalten in der ersten Zeile nach ihren Orten (Fz, Cz, …).</translation>
    </message>
    <message>
      <source>the table does not say its sampling rate. Give it as sampling_rate_hz (--rate on the command line).</source>
      <translation>Die Tabelle nennt ihre Abtastrate nicht. Geben Sie sie als sampling_rate_hz an (--rate auf der Befehlszeile).</translation>
    </message>
    <message>
      <source>it is not text, although its name says so. Open the recording in its own format.</source>
      <translation>Das ist kein Text, obwohl der Name es sagt. Öffnen Sie die Aufzeichnung in ihrem eigenen Format.</translation>
    </message>
    <message>
      <source>it holds no EEG stream with samples but {names}. Choose the file that holds the EEG.</source>
      <translation>Sie enthält keinen EEG-Strom mit Abtastwerten, sondern {names}. Wählen Sie die Datei mit dem EEG.</translation>
    </message>
    <message>
      <source>a Mind Monitor table of band powers; its RAW columns are single values per row, not the signal. Record with an LSL or OSC recorder (muse-lsl), or open the raw recording it was made from.</source>
      <translation>Eine Mind-Monitor-Tabelle mit Bandleistungen; ihre RAW-Spalten sind einzelne Werte pro Zeile, nicht das Signal. Zeichnen Sie über LSL oder OSC auf (muse-lsl), oder öffnen Sie die Rohaufzeichnung, aus der sie entstand.</translation>
    </message>
    <message>
      <source>is not a recording of nfb; give the session's folder, sub-…/ses-…, in a folder of recordings</source>
      <translation>ist keine Aufzeichnung von nfb; geben Sie den Ordner der Sitzung an, sub-…/ses-…, in einem Ordner mit Aufzeichnungen</translation>
    </message>
    <message>
      <source>cannot be read: {reason}</source>
      <translation>kann nicht gelesen werden: {reason}</translation>
    </message>
    <message>
      <source>is damaged ({what})</source>
      <translation>ist beschädigt ({what})</translation>
    </message>
    <message>
      <source>is not a session of nfb</source>
      <translation>ist keine Sitzung von nfb</translation>
    </message>
    <message>
      <source>needs a newer nfb; this one reads {schema}</source>
      <translation>braucht ein neueres nfb; dieses liest {schema}</translation>
    </message>
    <message>
      <source>is not a {kind}; the file was changed or comes from another version</source>
      <translation>ist kein {kind}; die Datei wurde geändert oder stammt aus einer anderen Version</translation>
    </message>
    <message>
      <source>has an unknown form; the file was changed or comes from another version</source>
      <translation>hat eine unbekannte Form; die Datei wurde geändert oder stammt aus einer anderen Version</translation>
    </message>
    <message>
      <source>is missing; the file was changed or comes from another version</source>
      <translation>fehlt; die Datei wurde geändert oder stammt aus einer anderen Version</translation>
    </message>
    <message>
      <source>cannot be written: {reason}. Choose another folder, or free some space.</source>
      <translation>kann nicht beschrieben werden: {reason}. Wählen Sie einen anderen Ordner, oder schaffen Sie Platz.</translation>
    </message>
    <message>
      <source>cannot be finished: {reason}. All samples are kept.</source>
      <translation>kann nicht abgeschlossen werden: {reason}. Alle Abtastwerte bleiben erhalten.</translation>
    </message>
    <message>
      <source>the session ended before its first decision; there is nothing to report</source>
      <translation>Die Sitzung endete vor ihrer ersten Entscheidung; es gibt nichts zu berichten</translation>
    </message>
    <message>
      <source>Serial port {port} is in use.</source>
      <translation>Der serielle Anschluss {port} ist belegt.</translation>
    </message>
    <message>
      <source>Serial port {port} cannot be opened.</source>
      <translation>Der serielle Anschluss {port} lässt sich nicht öffnen.</translation>
    </message>
    <message>
      <source>No Bluetooth adapter was found.</source>
      <translation>Es wurde kein Bluetooth-Adapter gefunden.</translation>
    </message>
    <message>
      <source>Serial port {port} does not accept the settings of the {device}.</source>
      <translation>Der serielle Anschluss {port} nimmt die Einstellungen für {device} nicht an.</translation>
    </message>
    <message>
      <source>The link to the {device} broke.</source>
      <translation>Die Verbindung zu {device} ist abgebrochen.</translation>
    </message>
    <message>
      <source>The {device} does not take commands.</source>
      <translation>{device} nimmt keine Befehle an.</translation>
    </message>
    <message>
      <source>The dongle answers, but the board is off or out of reach.</source>
      <translation>Der Dongle antwortet, aber das Board ist aus oder außer Reichweite.</translation>
    </message>
    <message>
      <source>Nothing on serial port {port} answers like the {device} does.</source>
      <translation>Am seriellen Anschluss {port} antwortet nichts wie {device}.</translation>
    </message>
    <message>
      <source>The {device} was not found.</source>
      <translation>{device} wurde nicht gefunden.</translation>
    </message>
    <message>
      <source>The {device} does not answer.</source>
      <translation>{device} antwortet nicht.</translation>
    </message>
    <message>
      <source>The {device} was not found in the network.</source>
      <translation>{device} wurde im Netzwerk nicht gefunden.</translation>
    </message>
    <message>
      <source>The {device} needs a serial port.</source>
      <translation>{device} braucht einen seriellen Anschluss.</translation>
    </message>
    <message>
      <source>The {device} does not take these connection parameters.</source>
      <translation>{device} nimmt diese Verbindungsparameter nicht an.</translation>
    </message>
    <message>
      <source>BrainFlow does not support the {device} on this computer.</source>
      <translation>BrainFlow unterstützt {device} auf diesem Computer nicht.</translation>
    </message>
    <message>
      <source>The {device} is already connected.</source>
      <translation>{device} ist schon verbunden.</translation>
    </message>
    <message>
      <source>A system library for the {device} is missing or its radio is off.</source>
      <translation>Eine Systembibliothek für {device} fehlt, oder die Funkverbindung ist aus.</translation>
    </message>
    <message>
      <source>The dongle on {port} does not answer.</source>
      <translation>Der Dongle an {port} antwortet nicht.</translation>
    </message>
    <message>
      <source>The driver of the {device} stopped working.</source>
      <translation>Der Treiber von {device} arbeitet nicht mehr.</translation>
    </message>
    <message>
      <source>The driver of the {device} gave error {code}.</source>
      <translation>Der Treiber von {device} meldete Fehler {code}.</translation>
    </message>
    <message>
      <source>The {device} was started and sent nothing for {n} s.</source>
      <translation>{device} wurde gestartet und sendete {n} s lang nichts.</translation>
    </message>
    <message>
      <source>The {device} did not connect within {n} s.</source>
      <translation>{device} hat sich nicht innerhalb von {n} s verbunden.</translation>
    </message>
    <message>
      <source>Serial port {port} is in use by another nfb session.</source>
      <translation>Der serielle Anschluss {port} wird von einer anderen nfb-Sitzung benutzt.</translation>
    </message>
    <message>
      <source>Connecting to the {device} was cancelled.</source>
      <translation>Das Verbinden mit {device} wurde abgebrochen.</translation>
    </message>
    <message>
      <source>The driver process of the {device} ended unexpectedly (signal {code}).</source>
      <translation>Der Treiberprozess von {device} endete unerwartet (Signal {code}).</translation>
    </message>
    <message>
      <source>The driver process of the {device} ended unexpectedly (exit code {code}).</source>
      <translation>Der Treiberprozess von {device} endete unerwartet (Rückgabewert {code}).</translation>
    </message>
    <message>
      <source>The driver process of the {device} cannot be started: {reason}.</source>
      <translation>Der Treiberprozess von {device} lässt sich nicht starten: {reason}.</translation>
    </message>
    <message>
      <source>The {device} has {n} EEG channels; the driver gives {n_driver}.</source>
      <translation>{device} hat {n} EEG-Kanäle; der Treiber liefert {n_driver}.</translation>
    </message>
    <message>
      <source>No samples from the {device}.</source>
      <translation>Keine Messwerte von {device}.</translation>
    </message>
    <message>
      <source>Switch the board on (on a Cyton to PC, not BLE), check the dongle's switch (GPIO 6) and the battery.</source>
      <translation>Schalten Sie das Board ein (beim Cyton auf PC, nicht BLE), prüfen Sie den Schalter des Dongles (GPIO 6) und die Batterie.</translation>
    </message>
    <message>
      <source>Switch the headset on, bring it near the dongle and check that the port is the dongle's.</source>
      <translation>Schalten Sie das Headset ein, bringen Sie es in die Nähe des Dongles, und prüfen Sie, ob der Anschluss der des Dongles ist.</translation>
    </message>
    <message>
      <source>Switch the headset on, charge it, bring it near, and disconnect it from phones and other programs.</source>
      <translation>Schalten Sie das Headset ein, laden Sie es, bringen Sie es in die Nähe, und trennen Sie es von Telefonen und anderen Programmen.</translation>
    </message>
    <message>
      <source>Switch the headset on, pair it in the system's Bluetooth settings and give its address.</source>
      <translation>Schalten Sie das Headset ein, koppeln Sie es in den Bluetooth-Einstellungen des Systems, und geben Sie seine Adresse an.</translation>
    </message>
    <message>
      <source>Switch the board on and check that it and this computer are in the same network, with no firewall or guest network between them.</source>
      <translation>Schalten Sie das Board ein, und prüfen Sie, ob es und dieser Computer im selben Netzwerk sind, ohne Firewall oder Gastnetz dazwischen.</translation>
    </message>
    <message>
      <source>Check that the amplifier is switched on and plugged in, and that the maker's driver is installed.</source>
      <translation>Prüfen Sie, ob der Verstärker eingeschaltet und angeschlossen und der Treiber des Herstellers installiert ist.</translation>
    </message>
    <message>
      <source>Check that the board sits on the computer's pins and that its bus (SPI) is switched on.</source>
      <translation>Prüfen Sie, ob das Board auf den Stiften des Computers sitzt und sein Bus (SPI) eingeschaltet ist.</translation>
    </message>
    <message>
      <source>Connect again; if it stays so, the driver's log tells more.</source>
      <translation>Verbinden Sie erneut; bleibt es so, sagt das Protokoll des Treibers mehr.</translation>
    </message>
    <message>
      <source>Install libdbus-1-3 on Linux; on macOS allow this program to use Bluetooth.</source>
      <translation>Installieren Sie unter Linux libdbus-1-3; erlauben Sie diesem Programm unter macOS, Bluetooth zu benutzen.</translation>
    </message>
    <message>
      <source>Install libbluetooth3 on Linux, and check that Bluetooth is switched on.</source>
      <translation>Installieren Sie unter Linux libbluetooth3, und prüfen Sie, ob Bluetooth eingeschaltet ist.</translation>
    </message>
    <message>
      <source>Install libusb-1.0-0 on Linux, the maker's driver on Windows.</source>
      <translation>Installieren Sie unter Linux libusb-1.0-0, unter Windows den Treiber des Herstellers.</translation>
    </message>
    <message>
      <source>Close every other program that uses it, wait a few seconds and connect again.</source>
      <translation>Schließen Sie alle anderen Programme, die es benutzen, warten Sie einige Sekunden, und verbinden Sie erneut.</translation>
    </message>
    <message>
      <source>Check that the dongle is plugged in, that the port's name is right, and that you may use serial ports.</source>
      <translation>Prüfen Sie, ob der Dongle eingesteckt ist, der Name des Anschlusses stimmt und Sie serielle Anschlüsse benutzen dürfen.</translation>
    </message>
    <message>
      <source>Check that the dongle is plugged in, that the port's name is right, and that you may use serial ports (on Linux: be in the group dialout).</source>
      <translation>Prüfen Sie, ob der Dongle eingesteckt ist, der Name des Anschlusses stimmt und Sie serielle Anschlüsse benutzen dürfen (unter Linux: Mitglied der Gruppe dialout sein).</translation>
    </message>
    <message>
      <source>Switch Bluetooth on, or plug in a Bluetooth adapter.</source>
      <translation>Schalten Sie Bluetooth ein, oder stecken Sie einen Bluetooth-Adapter ein.</translation>
    </message>
    <message>
      <source>Choose the port its dongle is plugged into.</source>
      <translation>Wählen Sie den Anschluss, in dem der Dongle steckt.</translation>
    </message>
    <message>
      <source>It takes none.</source>
      <translation>Es braucht keine.</translation>
    </message>
    <message>
      <source>It takes {params}.</source>
      <translation>Möglich sind: {params}.</translation>
    </message>
    <message>
      <source>It works on {one}.</source>
      <translation>Es läuft unter {one}.</translation>
    </message>
    <message>
      <source>It works on {one} and {two}.</source>
      <translation>Es läuft unter {one} und {two}.</translation>
    </message>
    <message>
      <source>It works on {one}, {two} and {three}.</source>
      <translation>Es läuft unter {one}, {two} und {three}.</translation>
    </message>
    <message>
      <source>End that session first, or choose another port.</source>
      <translation>Beenden Sie zuerst jene Sitzung, oder wählen Sie einen anderen Anschluss.</translation>
    </message>
    <message>
      <source>Close other programs and try again.</source>
      <translation>Schließen Sie andere Programme, und versuchen Sie es erneut.</translation>
    </message>
    <message>
      <source>Install the BrainFlow release that this version of nfb was made for.</source>
      <translation>Installieren Sie die BrainFlow-Version, für die diese Version von nfb gemacht ist.</translation>
    </message>
    <message>
      <source>{way_out} The driver says: {log}.</source>
      <translation>{way_out} Der Treiber meldet: {log}.</translation>
    </message>
    <message>
      <source>Sit up for five minutes before you leave, and do not drive until you are fully awake.</source>
      <translation>Bleiben Sie noch fünf Minuten aufrecht sitzen, bevor Sie gehen, und fahren Sie erst, wenn Sie ganz wach sind.</translation>
    </message>
    <message>
      <source> (did you mean '{word}'?)</source>
      <translation> (meinten Sie „{word}“?)</translation>
    </message>
    <message>
      <source>Posterior alpha with eyes closed, up</source>
      <translation>Hinteres Alpha mit geschlossenen Augen, aufwärts</translation>
    </message>
    <message>
      <source>Learn to let alpha, the resting rhythm of the waking brain, become large over the back of the head with eyes closed, guided by sound.</source>
      <translation>Lernen Sie, Alpha, den Ruherhythmus des wachen Gehirns, über dem Hinterkopf bei geschlossenen Augen groß werden zu lassen, geleitet vom Ton.</translation>
    </message>
    <message>
      <source>Eyes closed. Let the sounds come; there is no right way. Stay awake, jaw loose, eyes quiet behind the lids.</source>
      <translation>Augen geschlossen. Lassen Sie die Klänge kommen; es gibt keinen richtigen Weg. Bleiben Sie wach, den Kiefer locker, die Augen ruhig hinter den Lidern.</translation>
    </message>
    <message>
      <source>Training and education, not a medical device. Do not change medication or other care because of it.</source>
      <translation>Training und Bildung, kein Medizinprodukt. Ändern Sie deswegen weder Medikamente noch andere Versorgung.</translation>
    </message>
    <message>
      <source>Ask a clinician first after any seizure or unexplained loss of consciousness, with an implanted stimulator, after a head injury, or in pregnancy.</source>
      <translation>Fragen Sie zuerst eine Fachperson nach jedem Anfall oder ungeklärten Bewusstseinsverlust, mit einem implantierten Stimulator, nach einer Kopfverletzung oder in der Schwangerschaft.</translation>
    </message>
    <message>
      <source>With eyes closed it is easy to nod off, and alpha then fades. Stay five minutes before you leave or drive if you were drowsy.</source>
      <translation>Mit geschlossenen Augen nickt man leicht ein, und Alpha verblasst dann. Bleiben Sie fünf Minuten, bevor Sie gehen oder fahren, wenn Sie schläfrig waren.</translation>
    </message>
    <message>
      <source>Stop and tell someone if you get a headache, feel foggy, dizzy, far away from yourself, restless or low.</source>
      <translation>Hören Sie auf und sagen Sie jemandem Bescheid, wenn Sie Kopfschmerzen bekommen oder sich benebelt, schwindlig, weit weg von sich, unruhig oder gedrückt fühlen.</translation>
    </message>
    <message>
      <source>An early study linked alpha training with less anxiety in anxious people (Hardt 1978). In 32 women trained to raise right frontal alpha or a control, negative affect and anxiety fell, depression did not change (Mennella 2017); there the sites were frontal. In training of alpha at P4, what grew was the number of alpha episodes, not their size (Ossadtchi 2017).</source>
      <translation>Eine frühe Studie brachte Alphatraining mit weniger Angst bei ängstlichen Menschen in Verbindung (Hardt 1978). Bei 32 Frauen, die darin trainiert wurden, das rechte frontale Alpha zu erhöhen, oder eine Kontrollbedingung erhielten, sanken negative Gefühle und Angst, die Depression änderte sich nicht (Mennella 2017); dort waren die Elektrodenorte frontal. Beim Training von Alpha an P4 wuchs die Zahl der Alpha-Episoden, nicht ihre Größe (Ossadtchi 2017).</translation>
    </message>
    <message>
      <source>No controlled study of this protocol as it stands is known to us. Closing the eyes, resting and expecting to be calm raise alpha and calm people without any training, and sleepiness lowers it. With a low-priced headset and single-blind sham, alpha rose faster than under sham, with no gain in thinking tasks (Naas 2019). A higher alpha is not by itself better health.</source>
      <translation>Eine kontrollierte Studie dieses Protokolls in dieser Form ist uns nicht bekannt. Die Augen zu schließen, zu ruhen und Ruhe zu erwarten erhöht Alpha und beruhigt Menschen ohne jedes Training, und Schläfrigkeit senkt es. Mit einem preiswerten Headset und einfach verblindetem Sham stieg Alpha schneller als unter Sham, ohne Gewinn bei Denkaufgaben (Naas 2019). Ein höheres Alpha ist für sich genommen nicht bessere Gesundheit.</translation>
    </message>
    <message>
      <source>alpha</source>
      <translation>Alpha</translation>
    </message>
    <message>
      <source>PO3 and PO4 stand in for the posterior sites</source>
      <translation>PO3 und PO4 anstelle von den hinteren Elektrodenorten</translation>
    </message>
    <message>
      <source>CP3 and CP4 stand in for the posterior sites; alpha is weaker there</source>
      <translation>CP3 und CP4 anstelle von den hinteren Elektrodenorten; Alpha ist dort schwächer</translation>
    </message>
    <message>
      <source>TP9 and TP10 behind the ears stand in for the posterior sites; alpha is weaker there and jaw tension nearer</source>
      <translation>TP9 und TP10 hinter den Ohren anstelle von den hinteren Elektrodenorten; Alpha ist dort schwächer und Kieferspannung näher</translation>
    </message>
    <message>
      <source>C3 and C4 stand in for the posterior sites; the rhythm there is partly that of the resting hands</source>
      <translation>C3 und C4 anstelle von den hinteren Elektrodenorten; der Rhythmus dort ist teils der der ruhenden Hände</translation>
    </message>
    <message>
      <source>L1 and R1 stand in for the posterior sites; look whether alpha grows there when the eyes close</source>
      <translation>L1 und R1 anstelle von den hinteren Elektrodenorten; sehen Sie nach, ob Alpha dort beim Schließen der Augen wächst</translation>
    </message>
    <message>
      <source>Alpha at Pz, down</source>
      <translation>Alpha an Pz, abwärts</translation>
    </message>
    <message>
      <source>Learn to make alpha (8-12 Hz) over the top of the back of the head small with eyes open. Rewarded while it stays below its threshold. Alpha often comes back stronger afterwards.</source>
      <translation>Lernen Sie, Alpha (8-12 Hz) über dem oberen Hinterkopf mit offenen Augen klein werden zu lassen. Belohnt wird, solange es unter seiner Schwelle bleibt. Danach kommt Alpha oft stärker zurück.</translation>
    </message>
    <message>
      <source>Let the bar rise: it rises as alpha becomes small. Notice what you are doing when it does. Eyes open, jaw loose.</source>
      <translation>Lassen Sie den Balken steigen: Er steigt, wenn Alpha klein wird. Achten Sie darauf, was Sie dabei gerade tun. Augen offen, Kiefer locker.</translation>
    </message>
    <message>
      <source>For trained clinicians only, who stay in the room: strong feelings and memories can come up. Never alone, never at a distance.</source>
      <translation>Nur für ausgebildete Fachpersonen, die im Raum bleiben: Starke Gefühle und Erinnerungen können aufkommen. Nie allein, nie aus der Ferne.</translation>
    </message>
    <message>
      <source>Not for anyone who has ever lost touch with reality, been unusually high for days, or loses hold of themselves under strain, unless their own clinician leads it.</source>
      <translation>Nicht für Menschen, die je den Bezug zur Wirklichkeit verloren haben, tagelang ungewöhnlich hochgestimmt waren oder unter Belastung den Halt verlieren, außer die eigene Fachperson leitet es.</translation>
    </message>
    <message>
      <source>Stop if the person becomes restless, numb or far away. Ask again the next day.</source>
      <translation>Hören Sie auf, wenn die Person unruhig, taub oder weit weg wirkt. Fragen Sie am nächsten Tag noch einmal nach.</translation>
    </message>
    <message>
      <source>small randomised study; rebound of alpha; for trained clinicians only</source>
      <translation>kleine randomisierte Studie; Rückprall von Alpha; nur für geschulte Fachpersonen</translation>
    </message>
    <message>
      <source>Lowering alpha at Pz was studied in people with post-traumatic stress, first in one session (Kluetsch 2014), later in a small randomised study (Nicholson 2020). The reward of 65 % of the time, and its adjustment below 40 % or above 90 %, come from there.</source>
      <translation>Das Senken von Alpha an Pz wurde bei Menschen mit posttraumatischer Belastung untersucht, zuerst in einer Sitzung (Kluetsch 2014), später in einer kleinen randomisierten Studie (Nicholson 2020). Die Belohnung in 65 % der Zeit und ihre Anpassung unter 40 % oder über 90 % stammen von dort.</translation>
    </message>
    <message>
      <source>The studies were small and come from one line of work. Alpha rebounds after it was lowered, and which of the two matters is not known. In another study of alpha down 8 of 29 people did not learn it (Nan 2018). Expectancy, attention and the clinician's presence cannot be told apart from the training; where other protocols were compared with sham, the benefit was not specific (ICAN 2021).</source>
      <translation>Die Studien waren klein und stammen aus einer Arbeitsrichtung. Alpha prallt zurück, nachdem es gesenkt wurde, und welches von beidem zählt, ist nicht bekannt. In einer anderen Studie mit Alpha abwärts lernten es 8 von 29 Menschen nicht (Nan 2018). Erwartung, Zuwendung und die Anwesenheit der Fachperson lassen sich nicht vom Training trennen; wo andere Protokolle mit Sham verglichen wurden, war der Nutzen nicht spezifisch (ICAN 2021).</translation>
    </message>
    <message>
      <source>P3 and P4 stand in for Pz</source>
      <translation>P3 und P4 anstelle von Pz</translation>
    </message>
    <message>
      <source>PO3 and PO4 stand in for Pz</source>
      <translation>PO3 und PO4 anstelle von Pz</translation>
    </message>
    <message>
      <source>CP3 and CP4 stand in for Pz; alpha is weaker there</source>
      <translation>CP3 und CP4 anstelle von Pz; Alpha ist dort schwächer</translation>
    </message>
    <message>
      <source>Alpha at P4 in short runs, up</source>
      <translation>Alpha an P4 in kurzen Durchgängen, aufwärts</translation>
    </message>
    <message>
      <source>Learn to raise alpha, the resting rhythm of the waking brain, over the right back of the head with eyes open, in many short runs. The study it follows varied only how late the feedback came, which makes it a test of one's own equipment.</source>
      <translation>Lernen Sie, Alpha, den Ruherhythmus des wachen Gehirns, über dem rechten Hinterkopf mit offenen Augen zu erhöhen, in vielen kurzen Durchgängen. Die zugrunde liegende Studie variierte nur, wie spät das Feedback kam; damit prüft es auch die eigene Ausrüstung.</translation>
    </message>
    <message>
      <source>Let the bar rise. There is no right way: notice what you are doing when it does. Sit still, eyes open, jaw loose.</source>
      <translation>Lassen Sie den Balken steigen. Es gibt keinen richtigen Weg: Achten Sie darauf, was Sie dabei gerade tun. Sitzen Sie still, Augen offen, Kiefer locker.</translation>
    </message>
    <message>
      <source>Thirty minutes of training are much for a first time: stop after seven runs then. Tell someone if you get a headache or feel foggy, dizzy, restless or low.</source>
      <translation>Dreißig Minuten Training sind viel für das erste Mal: Hören Sie dann nach sieben Durchgängen auf. Sagen Sie jemandem Bescheid, wenn Sie Kopfschmerzen bekommen oder sich benebelt, schwindlig, unruhig oder gedrückt fühlen.</translation>
    </message>
    <message>
      <source>controlled, healthy volunteers</source>
      <translation>kontrolliert, gesunde Freiwillige</translation>
    </message>
    <message>
      <source>Healthy people trained alpha at P4 in 15 runs of 2 minutes with the feedback as fast as could be, 0.25 s later or 0.5 s later. Only the fastest left a lasting change; a quarter of a second more weakened it (Belinskaia 2020). What grew was the number of alpha episodes, not their size or length (Ossadtchi 2017).</source>
      <translation>Gesunde trainierten Alpha an P4 in 15 Durchgängen von 2 Minuten mit möglichst schnellem Feedback, 0,25 s später oder 0,5 s später. Nur das schnellste hinterließ eine bleibende Änderung; eine Viertelsekunde mehr schwächte sie ab (Belinskaia 2020). Es wuchs die Zahl der Alpha-Episoden, nicht ihre Größe oder Länge (Ossadtchi 2017).</translation>
    </message>
    <message>
      <source>A change of alpha is all that was looked at: nothing is known of a benefit. The absolute delay of that study is not known to us, and the headset's own delay adds to the one shown here. In another study with a sham group alpha rose faster than under sham, with no gain in thinking tasks (Naas 2019). Many people do not learn it.</source>
      <translation>Nur eine Änderung von Alpha wurde untersucht: Über einen Nutzen ist nichts bekannt. Die absolute Verzögerung jener Studie ist uns nicht bekannt, und die eigene Verzögerung des Headsets kommt zu der hier gezeigten hinzu. In einer anderen Studie mit Sham-Gruppe stieg Alpha schneller als unter Sham, ohne Gewinn bei Denkaufgaben (Naas 2019). Viele Menschen lernen es nicht.</translation>
    </message>
    <message>
      <source>PO4 stands in for P4</source>
      <translation>PO4 anstelle von P4</translation>
    </message>
    <message>
      <source>CP4 stands in for P4; alpha is weaker there</source>
      <translation>CP4 anstelle von P4; Alpha ist dort schwächer</translation>
    </message>
    <message>
      <source>P8 stands in for P4</source>
      <translation>P8 anstelle von P4</translation>
    </message>
    <message>
      <source>Pz stands in for P4</source>
      <translation>Pz anstelle von P4</translation>
    </message>
    <message>
      <source>O2 stands in for P4</source>
      <translation>O2 anstelle von P4</translation>
    </message>
    <message>
      <source>TP10 behind the ear stands in for P4; alpha is weaker there and jaw tension nearer</source>
      <translation>TP10 hinter dem Ohr anstelle von P4; Alpha ist dort schwächer und Kieferspannung näher</translation>
    </message>
    <message>
      <source>Theta over alpha with eyes closed</source>
      <translation>Theta über Alpha mit geschlossenen Augen</translation>
    </message>
    <message>
      <source>Learn to rest between waking and sleep with eyes closed. As one sinks, alpha (8-11 Hz) fades and theta (5-8 Hz) takes over; the sound tells how far theta stands against alpha. It is a state to be visited, not a score to be raised.</source>
      <translation>Lernen Sie, mit geschlossenen Augen zwischen Wachen und Schlafen zu ruhen. Beim Hinabsinken verblasst Alpha (8-11 Hz), und Theta (5-8 Hz) übernimmt; der Ton sagt, wie weit Theta im Verhältnis zu Alpha ist. Es ist ein Zustand, den man besucht, kein Score, den man steigert.</translation>
    </message>
    <message>
      <source>Eyes closed. Let yourself sink without falling asleep, and let the sounds come and go. There is nothing to do.</source>
      <translation>Augen geschlossen. Lassen Sie sich sinken, ohne einzuschlafen, und lassen Sie die Klänge kommen und gehen. Es gibt nichts zu tun.</translation>
    </message>
    <message>
      <source>A clinician must be present throughout: memories and strong feelings can come up. Never alone, never at a distance.</source>
      <translation>Eine Fachperson muss durchgehend anwesend sein: Erinnerungen und starke Gefühle können aufkommen. Nie allein, nie aus der Ferne.</translation>
    </message>
    <message>
      <source>Not for anyone who has ever lost touch with reality, been unusually high for days, or loses hold of themselves under strain, unless their clinician leads it.</source>
      <translation>Nicht für Menschen, die je den Bezug zur Wirklichkeit verloren haben, tagelang ungewöhnlich hochgestimmt waren oder unter Belastung den Halt verlieren, außer ihre Fachperson leitet es.</translation>
    </message>
    <message>
      <source>Nearly everyone falls asleep at times. Sleep is not the aim: wake up gently, and stay five minutes before you leave or drive.</source>
      <translation>Fast jeder schläft gelegentlich ein. Schlaf ist nicht das Ziel: Wachen Sie sanft auf, und bleiben Sie fünf Minuten, bevor Sie gehen oder fahren.</translation>
    </message>
    <message>
      <source>Stop and tell someone if you feel foggy, dizzy, far away from yourself, or low afterwards.</source>
      <translation>Hören Sie auf und sagen Sie jemandem Bescheid, wenn Sie sich benebelt, schwindlig, weit weg von sich oder danach gedrückt fühlen.</translation>
    </message>
    <message>
      <source>mixed; only with a clinician present</source>
      <translation>gemischt; nur in Anwesenheit einer Fachperson</translation>
    </message>
    <message>
      <source>It is the second half of a course given beside medication to people whose depression had resisted treatment (Lee 2019), and of one without a control group for people with depression, there at Pz (Cheon 2016). The crossing of theta over alpha that clinicians wait for was described as theta above alpha by at least 1 µV for three minutes or more (Johnson 2011).</source>
      <translation>Es ist die zweite Hälfte eines Verlaufs, der neben Medikation bei Menschen angewendet wurde, deren Depression auf Behandlung nicht angesprochen hatte (Lee 2019), und eines Verlaufs ohne Kontrollgruppe bei Menschen mit Depression, dort an Pz (Cheon 2016). Die Kreuzung von Theta über Alpha, auf die Fachpersonen warten, wurde als Theta um mindestens 1 µV über Alpha für drei Minuten oder länger beschrieben (Johnson 2011).</translation>
    </message>
    <message>
      <source>Studies differ in sites, bands and lengths, were small, and mostly had no sham group: suggestion, rest and the company of a clinician may explain what they found. Sleep of stage 2 filled 10 to 14 % of the training time in 95 % of people, and what they said about it was unreliable (Appl Psychophysiol Biofeedback 2015); it raises theta over alpha as well. Where other protocols were compared with sham, the benefit was not specific to the training (ICAN 2021).</source>
      <translation>Die Studien unterscheiden sich in Orten, Bändern und Längen, waren klein und hatten meist keine Sham-Gruppe: Suggestion, Ruhe und die Gesellschaft einer Fachperson können erklären, was sie fanden. Schlaf im Stadium 2 füllte bei 95 % der Menschen 10 bis 14 % der Trainingszeit, und was sie darüber sagten, war unzuverlässig (Appl Psychophysiol Biofeedback 2015); er hebt Theta ebenfalls über Alpha. Wo andere Protokolle mit Sham verglichen wurden, war der Nutzen nicht spezifisch für das Training (ICAN 2021).</translation>
    </message>
    <message>
      <source>theta</source>
      <translation>Theta</translation>
    </message>
    <message>
      <source>theta over alpha</source>
      <translation>Theta über Alpha</translation>
    </message>
    <message>
      <source>TP9 and TP10 behind the ears stand in for Pz; both rhythms are weaker there and jaw tension nearer</source>
      <translation>TP9 und TP10 hinter den Ohren anstelle von Pz; beide Rhythmen sind dort schwächer und Kieferspannung näher</translation>
    </message>
    <message>
      <source>Beta at F3, then theta over alpha</source>
      <translation>Beta an F3, dann Theta über Alpha</translation>
    </message>
    <message>
      <source>Two parts in one visit. First, with eyes open, learn to raise beta (15-18 Hz) over the left front of the head while slow activity and the fastest beta stay low. Then, with eyes closed, learn to rest between waking and sleep, where alpha (8-11 Hz) fades and theta (5-8 Hz) takes over.</source>
      <translation>Zwei Teile in einem Termin. Zuerst lernen Sie mit offenen Augen, Beta (15-18 Hz) über dem linken Vorderkopf zu erhöhen, während langsame Aktivität und das schnellste Beta niedrig bleiben. Dann lernen Sie, mit geschlossenen Augen zwischen Wachen und Schlafen zu ruhen, wo Alpha (8-11 Hz) verblasst und Theta (5-8 Hz) übernimmt.</translation>
    </message>
    <message>
      <source>First, eyes open: awake and interested, forehead smooth, lips apart. Then, eyes closed: let yourself sink without falling asleep. Let the sounds come and go.</source>
      <translation>Zuerst mit offenen Augen: wach und interessiert, Stirn glatt, Lippen leicht geöffnet. Dann mit geschlossenen Augen: Lassen Sie sich sinken, ohne einzuschlafen. Lassen Sie die Klänge kommen und gehen.</translation>
    </message>
    <message>
      <source>Made to go beside the care you have, never in its place: the person responsible for your care should know.</source>
      <translation>Gedacht neben der Versorgung, die Sie haben, nie an ihrer Stelle: Die für Ihre Versorgung verantwortliche Person sollte davon wissen.</translation>
    </message>
    <message>
      <source>Ask a clinician first after any seizure or unexplained loss of consciousness, with an implanted stimulator, after a head injury, with any illness of the nerves, or in pregnancy.</source>
      <translation>Fragen Sie zuerst eine Fachperson nach jedem Anfall oder ungeklärten Bewusstseinsverlust, mit einem implantierten Stimulator, nach einer Kopfverletzung, bei jeder Nervenerkrankung oder in der Schwangerschaft.</translation>
    </message>
    <message>
      <source>A tense forehead or jaw looks like beta. Sit comfortably, lips apart; the muscle guard holds the reward while it lasts.</source>
      <translation>Eine angespannte Stirn oder ein angespannter Kiefer sieht aus wie Beta. Sitzen Sie bequem, Lippen leicht geöffnet; der Muskelwächter hält die Belohnung an, solange es dauert.</translation>
    </message>
    <message>
      <source>Begin with `beta-left` alone. Both parts are 30 minutes of training, the most for a day; the sources trained twice as long.</source>
      <translation>Beginnen Sie mit `beta-left` allein. Beide Teile zusammen sind 30 Minuten Training, das Höchste für einen Tag; die Quellen trainierten doppelt so lange.</translation>
    </message>
    <message>
      <source>If your mood gets worse, or you feel foggy, dizzy or far away from yourself afterwards, stop and tell the person responsible for your care.</source>
      <translation>Wenn sich Ihre Stimmung verschlechtert oder Sie sich danach benebelt, schwindlig oder weit weg von sich fühlen, hören Sie auf und sagen Sie es der für Ihre Versorgung verantwortlichen Person.</translation>
    </message>
    <message>
      <source>open label only; adjunct to care, with a clinician present</source>
      <translation>nur offene Studien; neben der Versorgung, in Anwesenheit einer Fachperson</translation>
    </message>
    <message>
      <source>The course it comes from was given beside medication to people whose depression had resisted treatment: SMR or beta for 30 minutes, then alpha-theta for 30 minutes, 12 to 24 sessions in 12 weeks. Of 12 people 58 % responded and half were in remission by an observer's rating; 12 others had their usual treatment (Lee 2019). Of 20 people with depression who trained beta at F3 and alpha-theta at Pz for 8 weeks, without a control group, 75 % responded and 55 % were in remission (Cheon 2016). The crossing of theta over alpha that clinicians wait for was described as theta above alpha by at least 1 µV for three minutes or more (Johnson 2011).</source>
      <translation>Der Verlauf, aus dem es stammt, wurde neben Medikation bei Menschen angewendet, deren Depression auf Behandlung nicht angesprochen hatte: 30 Minuten SMR oder Beta, dann 30 Minuten Alpha-Theta, 12 bis 24 Sitzungen in 12 Wochen. Von 12 Menschen sprachen nach Fremdeinschätzung 58 % an, und die Hälfte war in Remission; 12 andere erhielten ihre übliche Behandlung (Lee 2019). Von 20 Menschen mit Depression, die 8 Wochen lang ohne Kontrollgruppe Beta an F3 und Alpha-Theta an Pz trainierten, sprachen 75 % an, und 55 % waren in Remission (Cheon 2016). Die Kreuzung von Theta über Alpha, auf die Fachpersonen warten, wurde als Theta um mindestens 1 µV über Alpha für drei Minuten oder länger beschrieben (Johnson 2011).</translation>
    </message>
    <message>
      <source>Both studies were small and open: everyone knew who was trained, so expectancy, attention, rest, the company of a clinician and the medication may explain all of it; neither can tell which of the two parts did what. Here each part is half as long as there. No comparison of this protocol with sham is known to us, and where others were compared with sham, the benefit was not specific to the training: theta/beta (ICAN 2021), SMR (Schabus 2017). Sleep of stage 2 filled 10 to 14 % of the time of alpha-theta training in 95 % of people, and what they said about it was unreliable (Appl Psychophysiol Biofeedback 2015); it raises theta over alpha as well. The first study left out people with psychosis, bipolar disorder, brain injury, neurological disease or convulsions, and pregnant women.</source>
      <translation>Beide Studien waren klein und offen: Alle wussten, wer trainiert wurde, sodass Erwartung, Zuwendung, Ruhe, die Gesellschaft einer Fachperson und die Medikation alles erklären können; keine von beiden kann sagen, welcher der zwei Teile was bewirkte. Hier ist jeder Teil halb so lang wie dort. Ein Vergleich dieses Protokolls mit Sham ist uns nicht bekannt, und wo andere mit Sham verglichen wurden, war der Nutzen nicht spezifisch für das Training: Theta/Beta (ICAN 2021), SMR (Schabus 2017). Schlaf im Stadium 2 füllte bei 95 % der Menschen 10 bis 14 % der Zeit des Alpha-Theta-Trainings, und was sie darüber sagten, war unzuverlässig (Appl Psychophysiol Biofeedback 2015); er hebt Theta ebenfalls über Alpha. Die erste Studie schloss Menschen mit Psychose, bipolarer Störung, Hirnverletzung, neurologischer Erkrankung oder Krampfanfällen sowie Schwangere aus.</translation>
    </message>
    <message>
      <source>beta</source>
      <translation>Beta</translation>
    </message>
    <message>
      <source>left theta</source>
      <translation>linkes Theta</translation>
    </message>
    <message>
      <source>high beta</source>
      <translation>hohes Beta</translation>
    </message>
    <message>
      <source>F5 stands in for F3, PO3 and PO4 for Pz</source>
      <translation>F5 anstelle von F3, PO3 und PO4 anstelle von Pz</translation>
    </message>
    <message>
      <source>Beta at F3, up</source>
      <translation>Beta an F3, aufwärts</translation>
    </message>
    <message>
      <source>Learn to raise beta (15-18 Hz) over the left front of the head with eyes open, while slow activity and the fastest beta stay low. In the source it is the first half of a visit; `alpha-theta` is the second.</source>
      <translation>Lernen Sie, Beta (15-18 Hz) über dem linken Vorderkopf mit offenen Augen zu erhöhen, während langsame Aktivität und das schnellste Beta niedrig bleiben. In der Quelle ist es die erste Hälfte eines Termins; `alpha-theta` ist die zweite.</translation>
    </message>
    <message>
      <source>Be awake and interested, and let the bar rise. Notice what you are doing when it does. Forehead smooth, lips apart.</source>
      <translation>Seien Sie wach und interessiert, und lassen Sie den Balken steigen. Achten Sie darauf, was Sie dabei gerade tun. Stirn glatt, Lippen leicht geöffnet.</translation>
    </message>
    <message>
      <source>Ask a clinician first after any seizure or unexplained loss of consciousness, with an implanted stimulator, after a head injury, with any illness of the nerves, in pregnancy, or if you have ever lost touch with reality or been unusually high for days.</source>
      <translation>Fragen Sie zuerst eine Fachperson nach jedem Anfall oder ungeklärten Bewusstseinsverlust, mit einem implantierten Stimulator, nach einer Kopfverletzung, bei jeder Nervenerkrankung, in der Schwangerschaft, oder wenn Sie je den Bezug zur Wirklichkeit verloren haben oder tagelang ungewöhnlich hochgestimmt waren.</translation>
    </message>
    <message>
      <source>With `alpha-theta` afterwards the visit has about 40 minutes of training. More than 30 a day needs a reason; begin with this half alone.</source>
      <translation>Mit `alpha-theta` im Anschluss hat der Termin etwa 40 Minuten Training. Mehr als 30 am Tag braucht einen Grund; beginnen Sie mit dieser Hälfte allein.</translation>
    </message>
    <message>
      <source>If your mood gets worse, stop training and talk to the person responsible for your care.</source>
      <translation>Wenn sich Ihre Stimmung verschlechtert, beenden Sie das Training und sprechen Sie mit der für Ihre Versorgung verantwortlichen Person.</translation>
    </message>
    <message>
      <source>open label only; adjunct to care</source>
      <translation>nur offene Studien; neben der Versorgung</translation>
    </message>
    <message>
      <source>The course it comes from was given beside medication to people whose depression had resisted treatment: SMR or beta for 30 minutes, then alpha-theta for 30 minutes, 12 to 24 sessions in 12 weeks. Of 12 people 58 % responded and half were in remission by an observer's rating; 12 others had their usual treatment (Lee 2019). Of 20 people with depression who trained beta at F3 and alpha-theta at Pz for 8 weeks, without a control group, 75 % responded and 55 % were in remission (Cheon 2016).</source>
      <translation>Der Verlauf, aus dem es stammt, wurde neben Medikation bei Menschen angewendet, deren Depression auf Behandlung nicht angesprochen hatte: 30 Minuten SMR oder Beta, dann 30 Minuten Alpha-Theta, 12 bis 24 Sitzungen in 12 Wochen. Von 12 Menschen sprachen nach Fremdeinschätzung 58 % an, und die Hälfte war in Remission; 12 andere erhielten ihre übliche Behandlung (Lee 2019). Von 20 Menschen mit Depression, die 8 Wochen lang ohne Kontrollgruppe Beta an F3 und Alpha-Theta an Pz trainierten, sprachen 75 % an, und 55 % waren in Remission (Cheon 2016).</translation>
    </message>
    <message>
      <source>Both studies were small and open: everyone knew who was trained, so expectancy, attention, time and the medication may explain all of it. No comparison of this protocol with sham is known to us, and where others were compared with sham, the benefit was not specific to the training: theta/beta (ICAN 2021), SMR (Schabus 2017). The first study left out people with psychosis, bipolar disorder, brain injury, neurological disease or convulsions, and pregnant women.</source>
      <translation>Beide Studien waren klein und offen: Alle wussten, wer trainiert wurde, sodass Erwartung, Zuwendung, Zeit und die Medikation alles erklären können. Ein Vergleich dieses Protokolls mit Sham ist uns nicht bekannt, und wo andere mit Sham verglichen wurden, war der Nutzen nicht spezifisch für das Training: Theta/Beta (ICAN 2021), SMR (Schabus 2017). Die erste Studie schloss Menschen mit Psychose, bipolarer Störung, Hirnverletzung, neurologischer Erkrankung oder Krampfanfällen sowie Schwangere aus.</translation>
    </message>
    <message>
      <source>F5 stands in for F3</source>
      <translation>F5 anstelle von F3</translation>
    </message>
    <message>
      <source>AF7 against the mean of TP9 and TP10 stands in for F3; blinks and forehead tension are nearer</source>
      <translation>AF7 gegen das Mittel von TP9 und TP10 anstelle von F3; Blinzeln und Stirnspannung sind näher</translation>
    </message>
    <message>
      <source>Beta up and slow activity down at F3</source>
      <translation>Beta aufwärts und langsame Aktivität abwärts an F3</translation>
    </message>
    <message>
      <source>Learn to raise beta (15-18 Hz) over the left front of the head while slow activity (4-10 Hz) stays low, with eyes open. An early protocol, kept for those who want to repeat it.</source>
      <translation>Lernen Sie, Beta (15-18 Hz) über dem linken Vorderkopf zu erhöhen, während langsame Aktivität (4-10 Hz) niedrig bleibt, mit offenen Augen. Ein frühes Protokoll, bewahrt für alle, die es wiederholen möchten.</translation>
    </message>
    <message>
      <source>Ask a clinician first after any seizure or unexplained loss of consciousness, with an implanted stimulator, after a head injury, in pregnancy, or if you have ever lost touch with reality or been unusually high for days.</source>
      <translation>Fragen Sie zuerst eine Fachperson nach jedem Anfall oder ungeklärten Bewusstseinsverlust, mit einem implantierten Stimulator, nach einer Kopfverletzung, in der Schwangerschaft, oder wenn Sie je den Bezug zur Wirklichkeit verloren haben oder tagelang ungewöhnlich hochgestimmt waren.</translation>
    </message>
    <message>
      <source>A tense forehead or jaw looks like beta, and blinks look like slow activity; the guards hold the reward while they last.</source>
      <translation>Eine angespannte Stirn oder ein angespannter Kiefer sieht aus wie Beta, und Blinzeln sieht aus wie langsame Aktivität; die Wächter halten die Belohnung an, solange es dauert.</translation>
    </message>
    <message>
      <source>If your mood gets worse, or you become restless or irritable, stop training and talk to the person responsible for your care.</source>
      <translation>Wenn sich Ihre Stimmung verschlechtert oder Sie unruhig oder reizbar werden, beenden Sie das Training und sprechen Sie mit der für Ihre Versorgung verantwortlichen Person.</translation>
    </message>
    <message>
      <source>historic</source>
      <translation>historisch</translation>
    </message>
    <message>
      <source>A handful of people with depression trained with it, about 20 sessions each, and were reported one by one, without a control group (Hammond 2005).</source>
      <translation>Eine Handvoll Menschen mit Depression trainierte damit, je etwa 20 Sitzungen; sie wurden einzeln berichtet, ohne Kontrollgruppe (Hammond 2005).</translation>
    </message>
    <message>
      <source>Case reports cannot tell training from expectancy, attention, time and other treatment, and no controlled study of this protocol is known to us. Where other protocols were compared with sham, the benefit was not specific to the training: theta/beta (ICAN 2021), SMR (Schabus 2017). Details of the source that are not known to us are filled in: one electrode at F3, and one band throughout.</source>
      <translation>Fallberichte können Training nicht von Erwartung, Zuwendung, Zeit und anderer Behandlung trennen, und eine kontrollierte Studie dieses Protokolls ist uns nicht bekannt. Wo andere Protokolle mit Sham verglichen wurden, war der Nutzen nicht spezifisch für das Training: Theta/Beta (ICAN 2021), SMR (Schabus 2017). Einzelheiten der Quelle, die uns nicht bekannt sind, wurden ergänzt: eine Elektrode an F3 und durchgehend ein Band.</translation>
    </message>
    <message>
      <source>slow</source>
      <translation>langsam</translation>
    </message>
    <message>
      <source>Beta 1 at Cz, up</source>
      <translation>Beta 1 an Cz, aufwärts</translation>
    </message>
    <message>
      <source>Learn to raise the slower part of beta (15-18 Hz) over the top of the head with eyes open, while theta and the fastest beta stay low.</source>
      <translation>Lernen Sie, den langsameren Teil von Beta (15-18 Hz) über der Kopfmitte mit offenen Augen zu erhöhen, während Theta und das schnellste Beta niedrig bleiben.</translation>
    </message>
    <message>
      <source>Be awake and with it, and let the bar rise. Notice what you are doing when it does. Jaw loose, lips apart.</source>
      <translation>Seien Sie wach und bei der Sache, und lassen Sie den Balken steigen. Achten Sie darauf, was Sie dabei gerade tun. Kiefer locker, Lippen leicht geöffnet.</translation>
    </message>
    <message>
      <source>A tense jaw or neck looks like beta. Sit comfortably, lips apart; the muscle guard holds the reward while it lasts.</source>
      <translation>Ein angespannter Kiefer oder Nacken sieht aus wie Beta. Sitzen Sie bequem, Lippen leicht geöffnet; der Muskelwächter hält die Belohnung an, solange es dauert.</translation>
    </message>
    <message>
      <source>Stop and tell someone if you get a headache, become restless or irritable, or sleep worse afterwards.</source>
      <translation>Hören Sie auf und sagen Sie jemandem Bescheid, wenn Sie Kopfschmerzen bekommen, unruhig oder reizbar werden oder danach weniger gut schlafen.</translation>
    </message>
    <message>
      <source>Healthy people trained beta 1 at Cz with theta and high beta kept down (Egner 2004). In another study healthy people trained the ratio of beta 1 to theta in 5 sessions; how well they did was predicted by their resting beta (Nan 2015).</source>
      <translation>Gesunde trainierten Beta 1 an Cz, während Theta und hohes Beta niedrig gehalten wurden (Egner 2004). In einer anderen Studie trainierten Gesunde das Verhältnis von Beta 1 zu Theta in 5 Sitzungen; wie gut es gelang, wurde durch ihr Beta in Ruhe vorhergesagt (Nan 2015).</translation>
    </message>
    <message>
      <source>The groups were small and healthy, and whether anything of daily life changes is not known. Where training against theta was compared with sham, the benefit was not specific: in attention deficit (ICAN 2021) and in healthy people (van Son 2020). Beta is small at the scalp and muscle is near.</source>
      <translation>Die Gruppen waren klein und gesund, und ob sich im Alltag etwas ändert, ist nicht bekannt. Wo Training gegen Theta mit Sham verglichen wurde, war der Nutzen nicht spezifisch: bei Aufmerksamkeitsdefizit (ICAN 2021) und bei Gesunden (van Son 2020). Beta ist an der Kopfhaut klein, und Muskel ist nahe.</translation>
    </message>
    <message>
      <source>C3 and C4 stand in for Cz</source>
      <translation>C3 und C4 anstelle von Cz</translation>
    </message>
    <message>
      <source>Left-right frontal alpha balance</source>
      <translation>Links-rechts-Balance des frontalen Alpha</translation>
    </message>
    <message>
      <source>Learn to shift the balance of frontal alpha to the right side. Alpha is strong where the cortex idles, so more of it on the right is read as relatively more activity on the left.</source>
      <translation>Lernen Sie, die Balance des frontalen Alpha zur rechten Seite zu verschieben. Alpha ist stark, wo die Hirnrinde im Leerlauf ist; mehr davon rechts wird daher als relativ mehr Aktivität links gelesen.</translation>
    </message>
    <message>
      <source>Let the bar rise. It moves slowly; give it time. Notice what you are doing when it does. Sit still, face relaxed.</source>
      <translation>Lassen Sie den Balken steigen. Er bewegt sich langsam; geben Sie ihm Zeit. Achten Sie darauf, was Sie dabei gerade tun. Sitzen Sie still, Gesicht entspannt.</translation>
    </message>
    <message>
      <source>The number is noisy: it says little over seconds and needs minutes of clean signal. Do not read a single session.</source>
      <translation>Die Zahl ist verrauscht: Über Sekunden sagt sie wenig, sie braucht Minuten sauberen Signals. Deuten Sie keine einzelne Sitzung.</translation>
    </message>
    <message>
      <source>controlled but small studies; change of the balance itself inconsistent</source>
      <translation>kontrollierte, aber kleine Studien; Änderung des Gleichgewichts selbst uneinheitlich</translation>
    </message>
    <message>
      <source>In people with depression a small randomised trial against placebo found a rise of the asymmetry and of mood (Choi 2011). In 87 people with depression, symptoms fell in both trained groups, and the asymmetry did not change differently from the control (Wang 2019). In 32 women trained to raise right frontal alpha or a control, negative affect and anxiety fell, depression did not change (Mennella 2017). In 60 people the resting balance changed only in the group trained to the right and was back after a week (Quaedflieg 2016). A review of 24 studies of neurofeedback in depression found most better than control, and most below strict standards of quality (Trambaiolli 2021).</source>
      <translation>Bei Menschen mit Depression fand eine kleine randomisierte Studie gegen Placebo einen Anstieg der Asymmetrie und der Stimmung (Choi 2011). Bei 87 Menschen mit Depression sanken die Symptome in beiden trainierten Gruppen, und die Asymmetrie änderte sich nicht anders als in der Kontrolle (Wang 2019). Bei 32 Frauen, die darin trainiert wurden, das rechte frontale Alpha zu erhöhen, oder eine Kontrollbedingung erhielten, sanken negative Gefühle und Angst, die Depression änderte sich nicht (Mennella 2017). Bei 60 Menschen änderte sich das Gleichgewicht in Ruhe nur in der nach rechts trainierten Gruppe und war nach einer Woche zurückgekehrt (Quaedflieg 2016). Eine Übersicht von 24 Studien zu Neurofeedback bei Depression fand die meisten besser als die Kontrolle und die meisten unter strengen Qualitätsmaßstäben (Trambaiolli 2021).</translation>
    </message>
    <message>
      <source>Promising, preliminary and not shown to be specific: expectancy, time and other treatment cannot be told apart. In 20 people with depression who trained other bands without a control group, mood improved while the asymmetry stayed as it was (Cheon 2016). In 230 people the frontal balance was not linked to well-being (Cannard 2021). Group differences in the balance are small beside its noise. Where other protocols were compared with sham, the benefit was not specific to the training: theta/beta (ICAN 2021), SMR (Schabus 2017).</source>
      <translation>Vielversprechend, vorläufig und nicht als spezifisch gezeigt: Erwartung, Zeit und andere Behandlung lassen sich nicht trennen. Bei 20 Menschen mit Depression, die ohne Kontrollgruppe andere Bänder trainierten, besserte sich die Stimmung, während die Asymmetrie blieb, wie sie war (Cheon 2016). Bei 230 Menschen hing das frontale Gleichgewicht nicht mit dem Wohlbefinden zusammen (Cannard 2021). Gruppenunterschiede des Gleichgewichts sind klein neben seinem Rauschen. Wo andere Protokolle mit Sham verglichen wurden, war der Nutzen nicht spezifisch für das Training: Theta/Beta (ICAN 2021), SMR (Schabus 2017).</translation>
    </message>
    <message>
      <source>balance</source>
      <translation>Balance</translation>
    </message>
    <message>
      <source>F5 and F6 stand in for F3 and F4</source>
      <translation>F5 und F6 anstelle von F3 und F4</translation>
    </message>
    <message>
      <source>AF7 and AF8 against the mean of TP9 and TP10 stand in for F3 and F4; blinks and forehead tension are nearer</source>
      <translation>AF7 und AF8 gegen das Mittel von TP9 und TP10 anstelle von F3 und F4; Blinzeln und Stirnspannung sind näher</translation>
    </message>
    <message>
      <source>Frontal midline theta, up</source>
      <translation>Frontales Mittellinien-Theta, aufwärts</translation>
    </message>
    <message>
      <source>Learn to raise theta (4-8 Hz) over the middle of the front of the head with eyes open. This rhythm grows when one holds something in mind, and has nothing of sleep.</source>
      <translation>Lernen Sie, Theta (4-8 Hz) über der Mitte des Vorderkopfs mit offenen Augen zu erhöhen. Dieser Rhythmus wächst, wenn man etwas im Sinn behält, und hat nichts mit Schlaf zu tun.</translation>
    </message>
    <message>
      <source>Hold something in mind and let the bar rise. Notice what you are doing when it does. Eyes on one point, forehead smooth.</source>
      <translation>Behalten Sie etwas im Sinn, und lassen Sie den Balken steigen. Achten Sie darauf, was Sie dabei gerade tun. Augen auf einen Punkt, Stirn glatt.</translation>
    </message>
    <message>
      <source>Blinks and eye movements look like theta here. Eyes on one point, blink freely in the rests; the blink guard is strict and holds the reward meanwhile.</source>
      <translation>Blinzeln und Augenbewegungen sehen hier aus wie Theta. Augen auf einen Punkt, in den Ruhezeiten frei blinzeln; der Blinzelwächter ist streng und hält die Belohnung so lange an.</translation>
    </message>
    <message>
      <source>Thirty minutes of training are much for a first time: stop after three runs then. Tell someone if you get a headache or feel foggy, dizzy, restless or low.</source>
      <translation>Dreißig Minuten Training sind viel für das erste Mal: Hören Sie dann nach drei Durchgängen auf. Sagen Sie jemandem Bescheid, wenn Sie Kopfschmerzen bekommen oder sich benebelt, schwindlig, unruhig oder gedrückt fühlen.</translation>
    </message>
    <message>
      <source>In healthy people 8 sessions raised theta over the frontal midline more than pseudo-feedback in an active control group (Enriquez-Geppert 2014), and went with gains in tasks of executive control (Enriquez-Geppert 2017).</source>
      <translation>Bei Gesunden hoben 8 Sitzungen Theta über der frontalen Mittellinie stärker als Pseudo-Feedback in einer aktiven Kontrollgruppe (Enriquez-Geppert 2014) und gingen mit Gewinnen bei Aufgaben der exekutiven Kontrolle einher (Enriquez-Geppert 2017).</translation>
    </message>
    <message>
      <source>The studies are of healthy people and of one line of work; whether anything of daily life changes is not known. There the band was laid around each person's own theta peak, found during a task: here it is 4-8 Hz for everyone, unless a copy of this protocol is given the person's own. Blinks that a guard misses are rewarded as theta. Where other protocols were compared with sham, the benefit was not specific to the training (ICAN 2021).</source>
      <translation>Die Studien betreffen Gesunde und stammen aus einer Arbeitsrichtung; ob sich im Alltag etwas ändert, ist nicht bekannt. Dort lag das Band um die eigene Thetaspitze jeder Person, die während einer Aufgabe gefunden wurde: Hier ist es für alle 4–8 Hz, solange eine Kopie dieses Protokolls nicht das eigene Band der Person erhält. Blinzeln, das ein Wächter übersieht, wird als Theta belohnt. Wo andere Protokolle mit Sham verglichen wurden, war der Nutzen nicht spezifisch für das Training (ICAN 2021).</translation>
    </message>
    <message>
      <source>High beta at P3 and P4, down</source>
      <translation>Hohes Beta an P3 und P4, abwärts</translation>
    </message>
    <message>
      <source>Learn to let high beta (20-30 Hz) over the back of the head become small with eyes open. It is rewarded while it stays below its threshold.</source>
      <translation>Lernen Sie, hohes Beta (20-30 Hz) über dem Hinterkopf mit offenen Augen klein werden zu lassen. Belohnt wird, solange es unter seiner Schwelle bleibt.</translation>
    </message>
    <message>
      <source>Let the bar rise by letting go: it rises as fast activity becomes small. Jaw loose, shoulders down, eyes open and soft.</source>
      <translation>Lassen Sie den Balken steigen, indem Sie loslassen: Er steigt, wenn schnelle Aktivität klein wird. Kiefer locker, Schultern gesenkt, Augen offen und weich.</translation>
    </message>
    <message>
      <source>Letting go of the jaw or neck lowers this number too, without any change in the brain. The muscle guard must stay on; relax jaw and neck before the baseline, not after it.</source>
      <translation>Auch ein gelöster Kiefer oder Nacken senkt diese Zahl, ohne jede Veränderung im Gehirn. Der Muskelwächter muss an bleiben; lockern Sie Kiefer und Nacken vor der Ruhemessung, nicht danach.</translation>
    </message>
    <message>
      <source>If your mood gets worse, or you feel tired or foggy, stop training and tell the person responsible for your care.</source>
      <translation>Wenn sich Ihre Stimmung verschlechtert oder Sie sich müde oder benebelt fühlen, beenden Sie das Training und sagen Sie es der für Ihre Versorgung verantwortlichen Person.</translation>
    </message>
    <message>
      <source>controlled, clinical, small</source>
      <translation>kontrolliert, klinisch, klein</translation>
    </message>
    <message>
      <source>In 87 people with depression, 10 sessions of high beta down at P3 and P4 were compared with training of the frontal balance and with a control group: high beta at P3 fell, and so did ratings of depression and anxiety (Wang 2019). A review of 24 studies of neurofeedback in depression found most better than control, and most below strict standards of quality (Trambaiolli 2021).</source>
      <translation>Bei 87 Menschen mit Depression wurden 10 Sitzungen mit hohem Beta abwärts an P3 und P4 mit Training des frontalen Gleichgewichts und mit einer Kontrollgruppe verglichen: Hohes Beta an P3 sank, ebenso die Einschätzungen von Depression und Angst (Wang 2019). Eine Übersicht von 24 Studien zu Neurofeedback bei Depression fand die meisten besser als die Kontrolle und die meisten unter strengen Qualitätsmaßstäben (Trambaiolli 2021).</translation>
    </message>
    <message>
      <source>Ratings fell in both trained groups alike, so what was trained may not have mattered; expectancy, attention and time cannot be told apart from it. There was no sham group, and where other protocols had one, the benefit was not specific to the training: theta/beta (ICAN 2021), SMR (Schabus 2017). At 20-30 Hz muscle is often larger than EEG.</source>
      <translation>Die Einschätzungen sanken in beiden trainierten Gruppen gleich, was trainiert wurde, war also vielleicht nicht wichtig; Erwartung, Zuwendung und Zeit lassen sich nicht davon trennen. Es gab keine Sham-Gruppe, und wo andere Protokolle eine hatten, war der Nutzen nicht spezifisch für das Training: Theta/Beta (ICAN 2021), SMR (Schabus 2017). Bei 20–30 Hz ist Muskel oft größer als EEG.</translation>
    </message>
    <message>
      <source>CP3 and CP4 stand in for P3 and P4</source>
      <translation>CP3 und CP4 anstelle von P3 und P4</translation>
    </message>
    <message>
      <source>PO3 and PO4 stand in for P3 and P4</source>
      <translation>PO3 und PO4 anstelle von P3 und P4</translation>
    </message>
    <message>
      <source>PO7 and PO8 stand in for P3 and P4; the neck is nearer</source>
      <translation>PO7 und PO8 anstelle von P3 und P4; der Nacken ist näher</translation>
    </message>
    <message>
      <source>Alpha behind the ears, for a Muse</source>
      <translation>Alpha hinter den Ohren, für ein Muse</translation>
    </message>
    <message>
      <source>Learn to raise alpha, the resting rhythm of the waking brain, at the two electrodes of a Muse that sit behind the ears. It needs nothing but the headband, and is a good first session to learn how training feels.</source>
      <translation>Lernen Sie, Alpha, den Ruherhythmus des wachen Gehirns, an den zwei Elektroden eines Muse zu erhöhen, die hinter den Ohren sitzen. Es braucht nur das Stirnband und ist eine gute erste Sitzung, um zu erfahren, wie sich Training anfühlt.</translation>
    </message>
    <message>
      <source>Chewing, talking and a tense jaw reach the electrodes behind the ears; the guards hold the reward while they last.</source>
      <translation>Kauen, Sprechen und ein angespannter Kiefer erreichen die Elektroden hinter den Ohren; die Wächter halten die Belohnung an, solange es dauert.</translation>
    </message>
    <message>
      <source>Alpha also rises when you get drowsy. Stop if you nod off, and be fully awake before you drive.</source>
      <translation>Alpha steigt auch, wenn Sie schläfrig werden. Hören Sie auf, wenn Sie einnicken, und seien Sie ganz wach, bevor Sie fahren.</translation>
    </message>
    <message>
      <source>weak at these sites</source>
      <translation>schwach an diesen Orten</translation>
    </message>
    <message>
      <source>With a low-priced headset and single-blind sham, alpha rose faster than under sham feedback (Naas 2019). Alpha, the individual alpha frequency and the frontal balance from a mastoid-referenced Muse agreed acceptably with a 64-channel system (Cannard).</source>
      <translation>Mit einem preiswerten Headset und einfach verblindetem Sham stieg Alpha schneller als unter Sham-Feedback (Naas 2019). Alpha, die individuelle Alphafrequenz und das frontale Gleichgewicht eines auf die Mastoide bezogenen Muse stimmten annehmbar mit einem System von 64 Kanälen überein (Cannard).</translation>
    </message>
    <message>
      <source>No controlled study of this protocol at TP9 and TP10 is known to us. The sham-controlled one found no gain in thinking tasks (Naas 2019). Alpha is weaker behind the ears than over the back of the head and muscle is nearer. Relaxing, closing the eyes and growing sleepy raise alpha too, without any learning.</source>
      <translation>Eine kontrollierte Studie dieses Protokolls an TP9 und TP10 ist uns nicht bekannt. Die mit Sham kontrollierte fand keinen Gewinn bei Denkaufgaben (Naas 2019). Alpha ist hinter den Ohren schwächer als über dem Hinterkopf, und Muskel ist näher. Auch Entspannen, das Schließen der Augen und Müdewerden heben Alpha, ohne jedes Lernen.</translation>
    </message>
    <message>
      <source>Learn to raise the sensorimotor rhythm (12-15 Hz over the hand areas), which is strong while the body is still and the mind awake. Slow activity and muscle have to stay low at the same time.</source>
      <translation>Lernen Sie, den sensomotorischen Rhythmus (12-15 Hz über den Handarealen) zu erhöhen; er ist stark, wenn der Körper still und der Geist wach ist. Langsame Aktivität und Muskel müssen zugleich niedrig bleiben.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the body go quiet and the bar rise by itself. Lips apart, shoulders down.</source>
      <translation>Seien Sie still und wach. Lassen Sie den Körper ruhig werden und den Balken von selbst steigen. Lippen leicht geöffnet, Schultern gesenkt.</translation>
    </message>
    <message>
      <source>A tense jaw or neck looks like fast EEG. Sit comfortably, lips apart; the muscle guard holds the reward while it lasts.</source>
      <translation>Ein angespannter Kiefer oder Nacken sieht aus wie schnelles EEG. Sitzen Sie bequem, Lippen leicht geöffnet; der Muskelwächter hält die Belohnung an, solange es dauert.</translation>
    </message>
    <message>
      <source>Stop and tell someone if you get a headache, feel restless or irritable, or sleep worse afterwards.</source>
      <translation>Hören Sie auf und sagen Sie jemandem Bescheid, wenn Sie Kopfschmerzen bekommen, sich unruhig oder reizbar fühlen oder danach weniger gut schlafen.</translation>
    </message>
    <message>
      <source>widely used; not better than sham where tested for sleep</source>
      <translation>weit verbreitet; wo für Schlaf geprüft, nicht besser als Sham</translation>
    </message>
    <message>
      <source>12-15 Hz up with slow and fast inhibits is one of the standard protocols in attention training (Enriquez-Geppert 2019). In insomnia, 12 sessions were not better than sham feedback and the EEG did not change (Schabus 2017). Home training of 37 people with dry electrodes, 40 or 60 sessions and no control group, went with better rated sleep (Krepel 2021). In 113 people only real feedback with a reinforcer they had chosen themselves raised SMR (Pérez-Elvira 2021).</source>
      <translation>12–15 Hz aufwärts mit langsamen und schnellen Hemmungen ist eines der Standardprotokolle im Aufmerksamkeitstraining (Enriquez-Geppert 2019). Bei Insomnie waren 12 Sitzungen nicht besser als Sham-Feedback, und das EEG änderte sich nicht (Schabus 2017). Heimtraining von 37 Menschen mit Trockenelektroden, 40 oder 60 Sitzungen und ohne Kontrollgruppe, ging mit besser eingeschätztem Schlaf einher (Krepel 2021). Bei 113 Menschen hob nur echtes Feedback mit einem selbst gewählten Verstärker SMR (Pérez-Elvira 2021).</translation>
    </message>
    <message>
      <source>Where a sham group was there, the benefit was not specific to the training (Schabus 2017), so expectancy, attention and time may explain it. SMR lies next to alpha, which is larger and leaks into it, and its envelope needs about 0.25 s to be told apart. A high reward rate does not show that the EEG has changed.</source>
      <translation>Wo es eine Sham-Gruppe gab, war der Nutzen nicht spezifisch für das Training (Schabus 2017); Erwartung, Zuwendung und Zeit können ihn also erklären. SMR liegt neben Alpha, das größer ist und hineinleckt, und seine Hüllkurve braucht etwa 0,25 s, um unterschieden zu werden. Eine hohe Belohnungsrate zeigt nicht, dass sich das EEG geändert hat.</translation>
    </message>
    <message>
      <source>SMR</source>
      <translation>SMR</translation>
    </message>
    <message>
      <source>Cz alone stands in for C3 and C4</source>
      <translation>Cz allein anstelle von C3 und C4</translation>
    </message>
    <message>
      <source>C4 alone, without C3</source>
      <translation>C4 allein, ohne C3</translation>
    </message>
    <message>
      <source>SMR at Cz or C4, up</source>
      <translation>SMR an Cz oder C4, aufwärts</translation>
    </message>
    <message>
      <source>Learn to raise the sensorimotor rhythm (12-15 Hz) over the top or the right of the head, with eyes open. It is strong while the body is still and the mind awake. Slow activity and muscle have to stay low at the same time.</source>
      <translation>Lernen Sie, den sensomotorischen Rhythmus (12-15 Hz) über der Mitte oder der rechten Seite des Kopfes mit offenen Augen zu erhöhen. Er ist stark, wenn der Körper still und der Geist wach ist. Langsame Aktivität und Muskel müssen zugleich niedrig bleiben.</translation>
    </message>
    <message>
      <source>a standard protocol; specific benefit not shown</source>
      <translation>ein Standardprotokoll; spezifischer Nutzen nicht gezeigt</translation>
    </message>
    <message>
      <source>12-15 Hz up with slow and fast inhibits is one of the standard protocols in attention deficit and hyperactivity (Enriquez-Geppert 2019). In 113 people only real feedback with a reinforcer they had chosen themselves raised SMR (Pérez-Elvira 2021).</source>
      <translation>12–15 Hz aufwärts mit langsamen und schnellen Hemmungen ist eines der Standardprotokolle bei Aufmerksamkeitsdefizit und Hyperaktivität (Enriquez-Geppert 2019). Bei 113 Menschen hob nur echtes Feedback mit einem selbst gewählten Verstärker SMR (Pérez-Elvira 2021).</translation>
    </message>
    <message>
      <source>Where training of the EEG was compared with sham, the benefit was not specific to it: theta/beta in attention deficit (ICAN 2021), SMR in insomnia, where the EEG did not change either (Schabus 2017). Expectancy, attention and time may explain what is seen. SMR lies next to alpha, which is larger and leaks into it. A high reward rate does not show that the EEG has changed.</source>
      <translation>Wo Training des EEG mit Sham verglichen wurde, war der Nutzen nicht spezifisch dafür: Theta/Beta bei Aufmerksamkeitsdefizit (ICAN 2021), SMR bei Insomnie, wo sich auch das EEG nicht änderte (Schabus 2017). Erwartung, Zuwendung und Zeit können erklären, was man sieht. SMR liegt neben Alpha, das größer ist und hineinleckt. Eine hohe Belohnungsrate zeigt nicht, dass sich das EEG geändert hat.</translation>
    </message>
    <message>
      <source>C3 stands in for Cz or C4</source>
      <translation>C3 anstelle von Cz oder C4</translation>
    </message>
    <message>
      <source>SMR over the hand areas alone, up</source>
      <translation>SMR allein über den Handarealen, aufwärts</translation>
    </message>
    <message>
      <source>Learn to raise the sensorimotor rhythm (12-15 Hz), a cousin of the spindles of sleep, in a still and wakeful body. What it gives for sure is a sense of what one can steer.</source>
      <translation>Lernen Sie, den sensomotorischen Rhythmus (12-15 Hz), einen Verwandten der Schlafspindeln, in einem stillen und wachen Körper zu erhöhen. Sicher gibt es ein Gespür dafür, was sich steuern lässt.</translation>
    </message>
    <message>
      <source>If you sleep badly for weeks, talk to a clinician: what helps best is not on this shelf.</source>
      <translation>Wenn Sie wochenlang nicht gut schlafen, sprechen Sie mit einer Fachperson: Was am besten hilft, ist nicht in dieser Sammlung.</translation>
    </message>
    <message>
      <source>Stop and tell someone if you sleep worse, get a headache, or feel restless or irritable.</source>
      <translation>Hören Sie auf und sagen Sie jemandem Bescheid, wenn Sie weniger gut schlafen, Kopfschmerzen bekommen oder sich unruhig oder reizbar fühlen.</translation>
    </message>
    <message>
      <source>not better than sham; "feel of control" only</source>
      <translation>nicht besser als Sham; nur „Gefühl der Kontrolle“</translation>
    </message>
    <message>
      <source>An early study of 10 sessions in healthy people reported quicker sleep onset and better learning (Hoedlmoser 2008). Home training of 37 people with dry electrodes, 40 or 60 sessions and no control group, went with better rated sleep, and those who learned slept an hour longer (Krepel 2021). In 113 people only real feedback with a reinforcer they had chosen themselves raised SMR (Pérez-Elvira 2021).</source>
      <translation>Eine frühe Studie mit 10 Sitzungen bei Gesunden berichtete schnelleres Einschlafen und besseres Lernen (Hoedlmoser 2008). Heimtraining von 37 Menschen mit Trockenelektroden, 40 oder 60 Sitzungen und ohne Kontrollgruppe, ging mit besser eingeschätztem Schlaf einher, und wer lernte, schlief eine Stunde länger (Krepel 2021). Bei 113 Menschen hob nur echtes Feedback mit einem selbst gewählten Verstärker SMR (Pérez-Elvira 2021).</translation>
    </message>
    <message>
      <source>In insomnia, 12 sessions were not better than sham feedback, and the EEG did not change (Schabus 2017). So what people report after training is explained as well by expectancy, by attention and by the feel of control. SMR lies next to alpha, which is larger and leaks into it, and its envelope needs about 0.25 s to be told apart.</source>
      <translation>Bei Insomnie waren 12 Sitzungen nicht besser als Sham-Feedback, und das EEG änderte sich nicht (Schabus 2017). Was Menschen nach dem Training berichten, erklären Erwartung, Zuwendung und das Gefühl der Kontrolle also ebenso gut. SMR liegt neben Alpha, das größer ist und hineinleckt, und seine Hüllkurve braucht etwa 0,25 s, um unterschieden zu werden.</translation>
    </message>
    <message>
      <source>Theta down and beta up at Cz</source>
      <translation>Theta abwärts und Beta aufwärts an Cz</translation>
    </message>
    <message>
      <source>Learn to keep theta (4-7 Hz) low and beta (13-21 Hz) high at the same time over the top of the head with eyes open. Each has its own threshold; `tbr-cz` puts the two into one ratio.</source>
      <translation>Lernen Sie, Theta (4-7 Hz) niedrig und zugleich Beta (13-21 Hz) hoch zu halten, über der Kopfmitte mit offenen Augen. Jedes hat seine eigene Schwelle; `tbr-cz` fasst beide in einem Verhältnis zusammen.</translation>
    </message>
    <message>
      <source>Be awake and with it, and let the bar rise. Notice what you are doing when it does. Blink when you need to, jaw loose.</source>
      <translation>Seien Sie wach und bei der Sache, und lassen Sie den Balken steigen. Achten Sie darauf, was Sie dabei gerade tun. Blinzeln Sie, wenn Sie müssen, Kiefer locker.</translation>
    </message>
    <message>
      <source>Blinks look like theta and a tense jaw like beta. Sit comfortably, eyes on the picture, lips apart; the guards hold the reward meanwhile.</source>
      <translation>Blinzeln sieht aus wie Theta und ein angespannter Kiefer wie Beta. Sitzen Sie bequem, Augen auf das Bild, Lippen leicht geöffnet; die Wächter halten die Belohnung so lange an.</translation>
    </message>
    <message>
      <source>contested; no specific effect against sham</source>
      <translation>umstritten; keine spezifische Wirkung gegenüber Sham</translation>
    </message>
    <message>
      <source>Training of theta against beta is widely used in attention deficit and hyperactivity, and counts among the standard protocols (Enriquez-Geppert 2019). Where people could choose between two and three sessions a week, three were preferred over a course of 40 (Arnold 2013).</source>
      <translation>Training von Theta gegen Beta ist bei Aufmerksamkeitsdefizit und Hyperaktivität weit verbreitet und zählt zu den Standardprotokollen (Enriquez-Geppert 2019). Wo Menschen zwischen zwei und drei Sitzungen pro Woche wählen konnten, wurden über einen Verlauf von 40 drei bevorzugt (Arnold 2013).</translation>
    </message>
    <message>
      <source>In the largest trial 144 people with attention deficit and a high theta/beta ratio were given the training or sham, three to two, and the blinding held: there was no specific effect at the end, nor after 13 months (ICAN 2021). In healthy people the training did not change what it was meant to change either (van Son 2020). So attention, coaching, expectancy and time explain what is seen as well as the training does. A high reward rate does not show that the EEG has changed.</source>
      <translation>In der größten Studie erhielten 144 Menschen mit Aufmerksamkeitsdefizit und hohem Theta/Beta-Verhältnis das Training oder Sham, drei zu zwei, und die Verblindung hielt: Es gab weder am Ende noch nach 13 Monaten eine spezifische Wirkung (ICAN 2021). Auch bei Gesunden änderte das Training nicht, was es ändern sollte (van Son 2020). Zuwendung, Anleitung, Erwartung und Zeit erklären also, was man sieht, ebenso gut wie das Training. Eine hohe Belohnungsrate zeigt nicht, dass sich das EEG geändert hat.</translation>
    </message>
    <message>
      <source>Theta against beta at Cz, down</source>
      <translation>Theta gegen Beta an Cz, abwärts</translation>
    </message>
    <message>
      <source>Learn to lower the ratio of theta (4-7 Hz) to beta (13-21 Hz) over the top of the head with eyes open. One number for both: it falls when theta falls, when beta rises, or both. `tbr-cz-both` asks for the two one by one.</source>
      <translation>Lernen Sie, das Verhältnis von Theta (4-7 Hz) zu Beta (13-21 Hz) über der Kopfmitte mit offenen Augen zu senken. Eine Zahl für beide: Sie fällt, wenn Theta fällt, wenn Beta steigt oder beides. `tbr-cz-both` verlangt die beiden einzeln.</translation>
    </message>
    <message>
      <source>theta to beta</source>
      <translation>Theta zu Beta</translation>
    </message>
    <message>
      <source>Posterior upper alpha, up</source>
      <translation>Hinteres oberes Alpha, aufwärts</translation>
    </message>
    <message>
      <source>Learn to raise upper alpha, the fast half of the resting rhythm, over the back of the head with eyes open. It is among the rhythms that are learned best, though not by everyone.</source>
      <translation>Lernen Sie, oberes Alpha, die schnelle Hälfte des Ruherhythmus, über dem Hinterkopf mit offenen Augen zu erhöhen. Es gehört zu den Rhythmen, die am besten gelernt werden, wenn auch nicht von allen.</translation>
    </message>
    <message>
      <source>Keep the first session to about 15 minutes of training. Stop and tell someone if you get a headache, feel foggy, dizzy, restless or low.</source>
      <translation>Begrenzen Sie die erste Sitzung auf etwa 15 Minuten Training. Hören Sie auf und sagen Sie jemandem Bescheid, wenn Sie Kopfschmerzen bekommen oder sich benebelt, schwindlig, unruhig oder gedrückt fühlen.</translation>
    </message>
    <message>
      <source>controlled, healthy volunteers mostly</source>
      <translation>kontrolliert, meist gesunde Freiwillige</translation>
    </message>
    <message>
      <source>In a controlled study of people with major depressive disorder (40 trained, 20 without an intervention), 8 sessions over parieto-occipital sites raised upper alpha, and working memory rose with it (Escolano 2014). With a low-priced headset and single-blind sham, alpha rose faster than under sham (Naas 2019). In training of alpha at P4, what grew was the number of alpha episodes, not their size (Ossadtchi 2017), and only feedback with the shortest delay left a lasting change (Belinskaia 2020).</source>
      <translation>In einer kontrollierten Studie mit Menschen mit depressiver Störung (40 trainiert, 20 ohne Maßnahme) hoben 8 Sitzungen über parieto-okzipitalen Orten das obere Alpha, und das Arbeitsgedächtnis stieg mit (Escolano 2014). Mit einem preiswerten Headset und einfach verblindetem Sham stieg Alpha schneller als unter Sham (Naas 2019). Beim Training von Alpha an P4 wuchs die Zahl der Alpha-Episoden, nicht ihre Größe (Ossadtchi 2017), und nur Feedback mit der kürzesten Verzögerung hinterließ eine bleibende Änderung (Belinskaia 2020).</translation>
    </message>
    <message>
      <source>The study with a group in care compared with no intervention, so it cannot tell training from attention, expectancy or time. The sham-controlled one found no gain in thinking tasks (Naas 2019). Many people do not learn it. A higher alpha is not by itself better health.</source>
      <translation>Die Studie mit einer Gruppe in Behandlung verglich mit keiner Maßnahme; sie kann Training also nicht von Zuwendung, Erwartung oder Zeit trennen. Die mit Sham kontrollierte fand keinen Gewinn bei Denkaufgaben (Naas 2019). Viele Menschen lernen es nicht. Ein höheres Alpha ist für sich genommen nicht bessere Gesundheit.</translation>
    </message>
    <message>
      <source>upper alpha</source>
      <translation>oberes Alpha</translation>
    </message>
    <message>
      <source>CP3 and CP4 stand in for the posterior sites; upper alpha is weaker there</source>
      <translation>CP3 und CP4 anstelle von den hinteren Elektrodenorten; oberes Alpha ist dort schwächer</translation>
    </message>
    <message>
      <source>TP9 and TP10 behind the ears stand in for the posterior sites; upper alpha is weaker there and jaw tension nearer</source>
      <translation>TP9 und TP10 hinter den Ohren anstelle von den hinteren Elektrodenorten; oberes Alpha ist dort schwächer und Kieferspannung näher</translation>
    </message>
    <message>
      <source>schema</source>
      <translation>Schema</translation>
    </message>
    <message>
      <source>id</source>
      <translation>ID</translation>
    </message>
    <message>
      <source>version</source>
      <translation>Version</translation>
    </message>
    <message>
      <source>name</source>
      <translation>Name</translation>
    </message>
    <message>
      <source>purpose</source>
      <translation>Zweck</translation>
    </message>
    <message>
      <source>cautions</source>
      <translation>Vorsicht</translation>
    </message>
    <message>
      <source>evidence</source>
      <translation>Evidenz</translation>
    </message>
    <message>
      <source>montage</source>
      <translation>Montage</translation>
    </message>
    <message>
      <source>features</source>
      <translation>Merkmale</translation>
    </message>
    <message>
      <source>conditions</source>
      <translation>Bedingungen</translation>
    </message>
    <message>
      <source>guards</source>
      <translation>Wächter</translation>
    </message>
    <message>
      <source>recalibrate</source>
      <translation>neu kalibrieren</translation>
    </message>
    <message>
      <source>feedback</source>
      <translation>Feedback</translation>
    </message>
    <message>
      <source>stages</source>
      <translation>Abschnitte</translation>
    </message>
    <message>
      <source>crossover</source>
      <translation>Crossover</translation>
    </message>
    <message>
      <source>level</source>
      <translation>Stufe</translation>
    </message>
    <message>
      <source>summary</source>
      <translation>Zusammenfassung</translation>
    </message>
    <message>
      <source>limits</source>
      <translation>Grenzen</translation>
    </message>
    <message>
      <source>references</source>
      <translation>Quellen</translation>
    </message>
    <message>
      <source>text</source>
      <translation>Text</translation>
    </message>
    <message>
      <source>doi</source>
      <translation>DOI</translation>
    </message>
    <message>
      <source>sites</source>
      <translation>Orte</translation>
    </message>
    <message>
      <source>min sites</source>
      <translation>Mindestzahl der Orte</translation>
    </message>
    <message>
      <source>reference</source>
      <translation>Referenz</translation>
    </message>
    <message>
      <source>fallbacks</source>
      <translation>Ersatzorte</translation>
    </message>
    <message>
      <source>replace</source>
      <translation>Ersatz</translation>
    </message>
    <message>
      <source>adapted</source>
      <translation>angepasst</translation>
    </message>
    <message>
      <source>kind</source>
      <translation>Art</translation>
    </message>
    <message>
      <source>band</source>
      <translation>Band</translation>
    </message>
    <message>
      <source>Hz</source>
      <translation>Hz</translation>
    </message>
    <message>
      <source>band from iaf</source>
      <translation>Band ab Alphaspitze</translation>
    </message>
    <message>
      <source>relative to</source>
      <translation>bezogen auf</translation>
    </message>
    <message>
      <source>numerator</source>
      <translation>Zähler</translation>
    </message>
    <message>
      <source>denominator</source>
      <translation>Nenner</translation>
    </message>
    <message>
      <source>log</source>
      <translation>Logarithmus</translation>
    </message>
    <message>
      <source>estimator</source>
      <translation>Schätzverfahren</translation>
    </message>
    <message>
      <source>delay</source>
      <translation>Verzögerung</translation>
    </message>
    <message>
      <source>s</source>
      <translation>s</translation>
    </message>
    <message>
      <source>taps</source>
      <translation>Filterlänge</translation>
    </message>
    <message>
      <source>smoothing</source>
      <translation>Glättung</translation>
    </message>
    <message>
      <source>feature</source>
      <translation>Merkmal</translation>
    </message>
    <message>
      <source>role</source>
      <translation>Rolle</translation>
    </message>
    <message>
      <source>direction</source>
      <translation>Richtung</translation>
    </message>
    <message>
      <source>target</source>
      <translation>Ziel</translation>
    </message>
    <message>
      <source>value</source>
      <translation>Wert</translation>
    </message>
    <message>
      <source>k</source>
      <translation>k</translation>
    </message>
    <message>
      <source>window</source>
      <translation>Fenster</translation>
    </message>
    <message>
      <source>gain</source>
      <translation>Schrittweite</translation>
    </message>
    <message>
      <source>µV</source>
      <translation>µV</translation>
    </message>
    <message>
      <source>gradient</source>
      <translation>Gradient</translation>
    </message>
    <message>
      <source>motion</source>
      <translation>Bewegung</translation>
    </message>
    <message>
      <source>g</source>
      <translation>g</translation>
    </message>
    <message>
      <source>drowsiness</source>
      <translation>Schläfrigkeit</translation>
    </message>
    <message>
      <source>dwell</source>
      <translation>Haltezeit</translation>
    </message>
    <message>
      <source>refractory</source>
      <translation>Refraktärzeit</translation>
    </message>
    <message>
      <source>must fall back</source>
      <translation>muss zurückfallen</translation>
    </message>
    <message>
      <source>fall back</source>
      <translation>zurückfallen</translation>
    </message>
    <message>
      <source>from</source>
      <translation>ab</translation>
    </message>
    <message>
      <source>mode</source>
      <translation>Bild</translation>
    </message>
    <message>
      <source>instruction</source>
      <translation>Anleitung</translation>
    </message>
    <message>
      <source>eyes</source>
      <translation>Augen</translation>
    </message>
    <message>
      <source>min clean</source>
      <translation>sauber mindestens</translation>
    </message>
    <message>
      <source>rest after baseline</source>
      <translation>Pause nach der Ruhemessung</translation>
    </message>
    <message>
      <source>runs</source>
      <translation>Durchgänge</translation>
    </message>
    <message>
      <source>peak</source>
      <translation>Spitze</translation>
    </message>
    <message>
      <source>then</source>
      <translation>danach</translation>
    </message>
    <message>
      <source>by</source>
      <translation>um</translation>
    </message>
    <message>
      <source>for</source>
      <translation>für</translation>
    </message>
    <message>
      <source>sessions</source>
      <translation>Sitzungen</translation>
    </message>
    <message>
      <source>per week</source>
      <translation>pro Woche</translation>
    </message>
    <message>
      <source>stand-in</source>
      <translation>Ersatzort</translation>
    </message>
    <message>
      <source>On a headset without the protocol's own sites others stand in for them. Sessions on stand-ins are labelled, and are not compared with those on the own sites.</source>
      <translation>An einem Headset ohne die eigenen Orte des Protokolls treten andere an ihre Stelle. Sitzungen mit Ersatzorten werden gekennzeichnet und nicht mit denen an den eigenen Orten verglichen.</translation>
    </message>
    <message>
      <source>The rhythm of 8 to 13 waves a second, largest over the back of the head. It grows when the eyes close or the mind rests, and fades with effort and with sleep.</source>
      <translation>Der Rhythmus von 8 bis 13 Wellen pro Sekunde, am größten über dem Hinterkopf. Er wächst, wenn sich die Augen schließen oder der Geist ruht, und verblasst bei Anstrengung und im Schlaf.</translation>
    </message>
    <message>
      <source>amplitude envelope</source>
      <translation>Amplitudenhüllkurve</translation>
    </message>
    <message>
      <source>envelope</source>
      <translation>Hüllkurve</translation>
    </message>
    <message>
      <source>How large a rhythm is at the moment, in microvolts: half the height from trough to crest of its waves.</source>
      <translation>Wie groß ein Rhythmus gerade ist, in Mikrovolt: die halbe Höhe vom Tal zum Gipfel seiner Wellen.</translation>
    </message>
    <message>
      <source>artefact</source>
      <translation>Artefakt</translation>
    </message>
    <message>
      <source>artifact</source>
      <translation>Artefakte</translation>
    </message>
    <message>
      <source>Anything in the signal that does not come from the brain: blinks, muscle, movement, loose electrodes, mains. While one lasts nothing is rewarded or learned, and the clock stands still.</source>
      <translation>Alles im Signal, was nicht aus dem Gehirn kommt: Blinzeln, Muskel, Bewegung, lose Elektroden, Netzbrummen. Solange eines andauert, wird nichts belohnt oder gelernt, und die Uhr steht still.</translation>
    </message>
    <message>
      <source>How much larger a rhythm is on the right than on the left, as a difference of logarithms: 0 is even, above 0 is more on the right.</source>
      <translation>Um wie viel größer ein Rhythmus rechts ist als links, als Differenz von Logarithmen: 0 ist gleich, über 0 ist rechts mehr.</translation>
    </message>
    <message>
      <source>average reference</source>
      <translation>Durchschnittsreferenz</translation>
    </message>
    <message>
      <source>The mean of all channels is subtracted from each. Needs at least eight channels in good contact.</source>
      <translation>Der Mittelwert aller Kanäle wird von jedem abgezogen. Braucht mindestens acht Kanäle mit gutem Kontakt.</translation>
    </message>
    <message>
      <source>frequency band</source>
      <translation>Frequenzband</translation>
    </message>
    <message>
      <source>A range of frequencies that is looked at together, such as 8 to 12 Hz.</source>
      <translation>Ein Bereich von Frequenzen, der zusammen betrachtet wird, etwa 8 bis 12 Hz.</translation>
    </message>
    <message>
      <source>The first minutes, at rest and without feedback. Thresholds come from them, and later runs are compared with them.</source>
      <translation>Die ersten Minuten, in Ruhe und ohne Feedback. Aus ihnen ergeben sich die Schwellen, und spätere Durchgänge werden mit ihnen verglichen.</translation>
    </message>
    <message>
      <source>baseline_percentile</source>
      <translation>baseline_percentile</translation>
    </message>
    <message>
      <source>A threshold that a chosen share of the clean baseline would have passed. It then stays where it is, so that a higher score means a changed signal.</source>
      <translation>Eine Schwelle, die ein gewählter Anteil der sauberen Ruhemessung überschritten hätte. Sie bleibt dann, wo sie ist, sodass ein höherer Score ein verändertes Signal bedeutet.</translation>
    </message>
    <message>
      <source>baseline_z</source>
      <translation>baseline_z</translation>
    </message>
    <message>
      <source>A threshold so many standard deviations from the mean of the clean baseline, always on the harder side if the number is above 0.</source>
      <translation>Eine Schwelle, die so viele Standardabweichungen vom Mittelwert der sauberen Ruhemessung entfernt liegt, bei Zahlen über 0 immer auf der schwereren Seite.</translation>
    </message>
    <message>
      <source>Rhythms of 13 to 30 waves a second. They are small at the scalp, and muscle is often larger.</source>
      <translation>Rhythmen von 13 bis 30 Wellen pro Sekunde. Sie sind an der Kopfhaut klein, und der Muskel ist oft größer.</translation>
    </message>
    <message>
      <source>A blink moves the electric field of the eyes and shows on frontal electrodes as a slow hump many times larger than EEG. It looks like theta or delta, so it is held.</source>
      <translation>Ein Blinzeln bewegt das elektrische Feld der Augen und zeigt sich an vorderen Elektroden als langsamer Hügel, um ein Vielfaches größer als das EEG. Es sieht aus wie Theta oder Delta, daher wird es angehalten.</translation>
    </message>
    <message>
      <source>cfir</source>
      <translation>cfir</translation>
    </message>
    <message>
      <source>A way to estimate a band's amplitude: a complex filter that takes all frequencies as equally strong. Simple, and less accurate at the same delay than the one made for the person's spectrum.</source>
      <translation>Ein Weg, die Amplitude eines Bandes zu schätzen: ein komplexes Filter, das alle Frequenzen als gleich stark annimmt. Einfach und bei gleicher Verzögerung weniger genau als das auf das Spektrum der Person abgestimmte.</translation>
    </message>
    <message>
      <source>channel</source>
      <translation>Kanal</translation>
    </message>
    <message>
      <source>One row of the recording: the voltage between an electrode and the reference.</source>
      <translation>Eine Zeile der Aufzeichnung: die Spannung zwischen einer Elektrode und der Referenz.</translation>
    </message>
    <message>
      <source>signal check</source>
      <translation>Signalprüfung</translation>
    </message>
    <message>
      <source>The signal check: every site that is needed should have good contact first.</source>
      <translation>Die Signalprüfung: Jeder nötige Ort sollte zuerst guten Kontakt haben.</translation>
    </message>
    <message>
      <source>A short sound at each reward.</source>
      <translation>Ein kurzer Ton bei jeder Belohnung.</translation>
    </message>
    <message>
      <source>clean time</source>
      <translation>saubere Zeit</translation>
    </message>
    <message>
      <source>clean signal</source>
      <translation>sauberes Signal</translation>
    </message>
    <message>
      <source>Without an artefact and with good contact. Only clean time is counted, rewarded and learned from.</source>
      <translation>Ohne Artefakt und mit gutem Kontakt. Nur saubere Zeit wird gezählt, belohnt und zum Lernen verwendet.</translation>
    </message>
    <message>
      <source>coupling</source>
      <translation>Kopplung</translation>
    </message>
    <message>
      <source>synchrony</source>
      <translation>Synchronie</translation>
    </message>
    <message>
      <source>How steadily two sites go together in a band, from 0 to 1, averaged over some seconds.</source>
      <translation>Wie beständig zwei Orte in einem Band zusammengehen, von 0 bis 1, gemittelt über einige Sekunden.</translation>
    </message>
    <message>
      <source>condition</source>
      <translation>Bedingung</translation>
    </message>
    <message>
      <source>One demand on one feature: above or below its threshold. All conditions have to be met at once.</source>
      <translation>Eine Anforderung an ein Merkmal: über oder unter seiner Schwelle. Alle Bedingungen müssen zugleich erfüllt sein.</translation>
    </message>
    <message>
      <source>How well an electrode touches the skin. With poor contact it shows hum and drift instead of EEG: moisten, press, part the hair.</source>
      <translation>Wie gut eine Elektrode die Haut berührt. Bei zu wenig Kontakt zeigt sie Brummen und Drift statt EEG: befeuchten, andrücken, Haare teilen.</translation>
    </message>
    <message>
      <source>The whole series of sessions. Learning is judged over a course, not by one session.</source>
      <translation>Die ganze Reihe von Sitzungen. Lernen wird über eine Trainingsreihe beurteilt, nicht an einer Sitzung.</translation>
    </message>
    <message>
      <source>course target</source>
      <translation>Reihenziel</translation>
    </message>
    <message>
      <source>A threshold from the first session of a course that is kept, and raised a little after a session that went well. Each change is logged.</source>
      <translation>Eine Schwelle aus der ersten Sitzung einer Trainingsreihe, die bleibt und nach einer gelungenen Sitzung etwas angehoben wird. Jede Änderung wird vermerkt.</translation>
    </message>
    <message>
      <source>The moment, with eyes closed, at which theta becomes larger than alpha, on the way from waking to sleep.</source>
      <translation>Der Moment mit geschlossenen Augen, in dem Theta größer wird als Alpha, auf dem Weg vom Wachen zum Schlafen.</translation>
    </message>
    <message>
      <source>delta</source>
      <translation>Delta</translation>
    </message>
    <message>
      <source>The slowest rhythm, below 4 waves a second: large in deep sleep. Blinks and movement look like it.</source>
      <translation>Der langsamste Rhythmus, unter 4 Wellen pro Sekunde: groß im Tiefschlaf. Blinzeln und Bewegung sehen so aus.</translation>
    </message>
    <message>
      <source>derivation</source>
      <translation>Ableitung</translation>
    </message>
    <message>
      <source>Which voltage is looked at: an electrode minus its reference. Another reference makes another signal.</source>
      <translation>Welche Spannung betrachtet wird: eine Elektrode minus ihre Referenz. Eine andere Referenz ergibt ein anderes Signal.</translation>
    </message>
    <message>
      <source>drift</source>
      <translation>Drift</translation>
    </message>
    <message>
      <source>A slow wandering of the voltage, from sweat or a drying electrode. It is filtered out.</source>
      <translation>Ein langsames Wandern der Spannung, durch Schweiß oder eine trocknende Elektrode. Es wird herausgefiltert.</translation>
    </message>
    <message>
      <source>Alpha fades and slow waves grow: sleep is near. With eyes closed the guard then holds the reward.</source>
      <translation>Alpha verblasst, und langsame Wellen wachsen: Der Schlaf ist nah. Bei geschlossenen Augen hält der Wächter dann die Belohnung an.</translation>
    </message>
    <message>
      <source>dwell time</source>
      <translation>Haltezeit</translation>
    </message>
    <message>
      <source>How long all conditions must be met without a break before a reward is given. It keeps out flicker.</source>
      <translation>Wie lange alle Bedingungen ohne Unterbrechung erfüllt sein müssen, bevor belohnt wird. Das hält Flackern fern.</translation>
    </message>
    <message>
      <source>EEG</source>
      <translation>EEG</translation>
    </message>
    <message>
      <source>Electroencephalogram: the voltage that the working brain leaves at the scalp, some millionths of a volt.</source>
      <translation>Elektroenzephalogramm: die Spannung, die das arbeitende Gehirn an der Kopfhaut hinterlässt, einige Millionstel Volt.</translation>
    </message>
    <message>
      <source>electrode</source>
      <translation>Elektrode</translation>
    </message>
    <message>
      <source>sensor</source>
      <translation>Sensor</translation>
    </message>
    <message>
      <source>What touches the skin and picks up the voltage.</source>
      <translation>Was die Haut berührt und die Spannung aufnimmt.</translation>
    </message>
    <message>
      <source>epoch</source>
      <translation>Epoche</translation>
    </message>
    <message>
      <source>A piece of the recording cut out around a marker.</source>
      <translation>Ein Stück der Aufzeichnung, um eine Marke herum ausgeschnitten.</translation>
    </message>
    <message>
      <source>The way in which a band's amplitude is found from the samples that have come so far. All of them trade delay against accuracy.</source>
      <translation>Die Art, wie die Amplitude eines Bandes aus den bisherigen Messwerten bestimmt wird. Alle tauschen Verzögerung gegen Genauigkeit.</translation>
    </message>
    <message>
      <source>expected rate</source>
      <translation>erwartete Rate</translation>
    </message>
    <message>
      <source>joint expected rate</source>
      <translation>gemeinsame erwartete Rate</translation>
    </message>
    <message>
      <source>expected reward</source>
      <translation>erwartete Belohnung</translation>
    </message>
    <message>
      <source>The share of the clean baseline in which all conditions would have been met at once. Aim for 40 to 80 %.</source>
      <translation>Der Anteil der sauberen Ruhemessung, in dem alle Bedingungen zugleich erfüllt gewesen wären. Anzustreben sind 40 bis 80 %.</translation>
    </message>
    <message>
      <source>fallen back</source>
      <translation>zurückgefallen</translation>
    </message>
    <message>
      <source>After a reward the feature has to leave its range by a little before the next one can begin, where a protocol asks for it.</source>
      <translation>Nach einer Belohnung muss das Merkmal seinen Zielbereich ein wenig verlassen, bevor die nächste beginnen kann, wo ein Protokoll das verlangt.</translation>
    </message>
    <message>
      <source>The number that is trained, computed some fifty times a second: an amplitude, a ratio, a balance.</source>
      <translation>Die Zahl, die trainiert wird, etwa fünfzigmal pro Sekunde berechnet: eine Amplitude, ein Verhältnis, eine Balance.</translation>
    </message>
    <message>
      <source>neurofeedback</source>
      <translation>Neurofeedback</translation>
    </message>
    <message>
      <source>What the client sees and hears of the own signal, as soon as it can be told.</source>
      <translation>Was der Klient vom eigenen Signal sieht und hört, sobald es sich sagen lässt.</translation>
    </message>
    <message>
      <source>fft</source>
      <translation>fft</translation>
    </message>
    <message>
      <source>A way to estimate a band's amplitude from the spectrum of the last second. Widely used, and half a second late.</source>
      <translation>Ein Weg, die Amplitude eines Bandes aus dem Spektrum der letzten Sekunde zu schätzen. Weit verbreitet und eine halbe Sekunde spät.</translation>
    </message>
    <message>
      <source>filter</source>
      <translation>Filter</translation>
    </message>
    <message>
      <source>Arithmetic that lets some frequencies pass and stops others. Every filter costs delay.</source>
      <translation>Rechnung, die manche Frequenzen durchlässt und andere aufhält. Jedes Filter kostet Verzögerung.</translation>
    </message>
    <message>
      <source>A threshold with a value that was typed in and does not change.</source>
      <translation>Eine Schwelle mit einem eingetippten Wert, der sich nicht ändert.</translation>
    </message>
    <message>
      <source>The voltage does not change at all: the electrode is off, or the amplifier sleeps.</source>
      <translation>Die Spannung ändert sich gar nicht: Die Elektrode ist ab, oder der Verstärker schläft.</translation>
    </message>
    <message>
      <source>lost samples</source>
      <translation>verlorene Werte</translation>
    </message>
    <message>
      <source>Samples that never arrived. They are marked, not invented, and nothing is rewarded across them.</source>
      <translation>Messwerte, die nie ankamen. Sie werden markiert, nicht erfunden, und über sie hinweg wird nichts belohnt.</translation>
    </message>
    <message>
      <source>The largest change from one sample to the next. EEG changes little in four thousandths of a second; what jumps is no EEG.</source>
      <translation>Die größte Änderung von einem Messwert zum nächsten. EEG ändert sich in vier Tausendstelsekunden wenig; was springt, ist kein EEG.</translation>
    </message>
    <message>
      <source>ground</source>
      <translation>Erde</translation>
    </message>
    <message>
      <source>The electrode that the amplifier rests its own zero on. With poor contact there every channel hums.</source>
      <translation>Die Elektrode, auf die der Verstärker seinen eigenen Nullpunkt stützt. Bei zu wenig Kontakt dort brummt jeder Kanal.</translation>
    </message>
    <message>
      <source>guard</source>
      <translation>Wächter</translation>
    </message>
    <message>
      <source>A watch that holds the reward while an artefact lasts. It is hygiene, not training: the client is not scored on it.</source>
      <translation>Eine Überwachung, die die Belohnung anhält, solange ein Artefakt andauert. Sie ist Hygiene, nicht Training: Der Klient wird nicht daran gemessen.</translation>
    </message>
    <message>
      <source>Fast rhythms of 20 to 32 waves a second. A tense jaw or neck looks like them.</source>
      <translation>Schnelle Rhythmen von 20 bis 32 Wellen pro Sekunde. Ein angespannter Kiefer oder Nacken sieht so aus.</translation>
    </message>
    <message>
      <source>hold</source>
      <translation>Halten</translation>
    </message>
    <message>
      <source>A time that does not count, because an artefact lasts or has just ended: the feedback rests at neutral.</source>
      <translation>Eine Zeit, die nicht zählt, weil ein Artefakt andauert oder gerade geendet hat: Das Feedback ruht in der neutralen Stellung.</translation>
    </message>
    <message>
      <source>hop</source>
      <translation>Schritt</translation>
    </message>
    <message>
      <source>The small step of some 20 thousandths of a second at which everything is computed and decided.</source>
      <translation>Der kleine Schritt von etwa 20 Tausendstelsekunden, in dem alles berechnet und entschieden wird.</translation>
    </message>
    <message>
      <source>iir</source>
      <translation>iir</translation>
    </message>
    <message>
      <source>A way to estimate a band's amplitude with a classic recursive filter. Its delay cannot be chosen.</source>
      <translation>Ein Weg, die Amplitude eines Bandes mit einem klassischen rekursiven Filter zu schätzen. Seine Verzögerung lässt sich nicht wählen.</translation>
    </message>
    <message>
      <source>imaginary_coherence</source>
      <translation>imaginary_coherence</translation>
    </message>
    <message>
      <source>Coherence without what reaches both sites at the same moment, such as a shared reference or one strong source between them.</source>
      <translation>Kohärenz ohne das, was beide Orte im selben Moment erreicht, etwa eine gemeinsame Referenz oder eine starke Quelle zwischen ihnen.</translation>
    </message>
    <message>
      <source>impedance</source>
      <translation>Impedanz</translation>
    </message>
    <message>
      <source>resistance</source>
      <translation>Widerstand</translation>
    </message>
    <message>
      <source>The resistance between electrode and skin, in kiloohm. Few headsets can measure it.</source>
      <translation>Der Widerstand zwischen Elektrode und Haut, in Kiloohm. Nur wenige Headsets können ihn messen.</translation>
    </message>
    <message>
      <source>time in range</source>
      <translation>Zeit im Zielbereich</translation>
    </message>
    <message>
      <source>All conditions are met at this moment.</source>
      <translation>Alle Bedingungen sind in diesem Moment erfüllt.</translation>
    </message>
    <message>
      <source>individual alpha frequency</source>
      <translation>individuelle Alphafrequenz</translation>
    </message>
    <message>
      <source>IAF</source>
      <translation>IAF</translation>
    </message>
    <message>
      <source>Where a person's alpha has its peak, between 7 and 13 Hz, found with eyes closed. Bands can be laid around it. Where there is no clear peak, the protocol's fixed band is used.</source>
      <translation>Wo das Alpha einer Person seine Spitze hat, zwischen 7 und 13 Hz, mit geschlossenen Augen bestimmt. Bänder können darum gelegt werden. Wo es keine klare Spitze gibt, wird das feste Band des Protokolls verwendet.</translation>
    </message>
    <message>
      <source>A rhythm that must stay on its side of a threshold for a reward. It is trained and shown, as against a guard.</source>
      <translation>Ein Rhythmus, der für eine Belohnung auf seiner Seite einer Schwelle bleiben muss. Er wird trainiert und gezeigt, anders als bei einem Wächter.</translation>
    </message>
    <message>
      <source>learning</source>
      <translation>Lernen</translation>
    </message>
    <message>
      <source>A lasting change of the signal itself. A high score is not a proof of it.</source>
      <translation>Eine bleibende Veränderung des Signals selbst. Ein hoher Score ist kein Beweis dafür.</translation>
    </message>
    <message>
      <source>loop delay</source>
      <translation>Schleifenverzögerung</translation>
    </message>
    <message>
      <source>latency</source>
      <translation>Latenz</translation>
    </message>
    <message>
      <source>The time from a change at the electrode to the picture or sound that tells of it. A quarter of a second more weakened learning in a study, so it is kept short and shown.</source>
      <translation>Die Zeit von einer Änderung an der Elektrode bis zum Bild oder Ton, der davon berichtet. Eine Viertelsekunde mehr schwächte in einer Studie das Lernen; daher wird sie kurz gehalten und angezeigt.</translation>
    </message>
    <message>
      <source>mains hum</source>
      <translation>Netzbrummen</translation>
    </message>
    <message>
      <source>The hum of 50 or 60 Hz from the wiring of the building. Poor contact makes it worse.</source>
      <translation>Das Brummen von 50 oder 60 Hz aus den Leitungen des Gebäudes. Zu wenig Kontakt verstärkt es.</translation>
    </message>
    <message>
      <source>marker</source>
      <translation>Marke</translation>
    </message>
    <message>
      <source>A point in time with a name, set by hand or by the program, and kept in the recording.</source>
      <translation>Ein benannter Zeitpunkt, von Hand oder vom Programm gesetzt und in der Aufzeichnung bewahrt.</translation>
    </message>
    <message>
      <source>median</source>
      <translation>Median</translation>
    </message>
    <message>
      <source>The middle value: half of all values lie below it. A few outliers do not move it.</source>
      <translation>Der mittlere Wert: Die Hälfte aller Werte liegt darunter. Einige Ausreißer bewegen ihn nicht.</translation>
    </message>
    <message>
      <source>microvolt</source>
      <translation>Mikrovolt</translation>
    </message>
    <message>
      <source>A millionth of a volt, the unit of EEG.</source>
      <translation>Ein Millionstel Volt, die Einheit des EEG.</translation>
    </message>
    <message>
      <source>Which electrodes are used, and what is subtracted from what.</source>
      <translation>Welche Elektroden verwendet werden und was wovon abgezogen wird.</translation>
    </message>
    <message>
      <source>A movement of head or cable: large slow swings on many channels.</source>
      <translation>Eine Bewegung von Kopf oder Kabel: große langsame Schwankungen auf vielen Kanälen.</translation>
    </message>
    <message>
      <source>The electricity of tense muscles, mostly of jaw, forehead and neck. It reaches from 12 Hz upwards and looks like beta.</source>
      <translation>Die Elektrizität angespannter Muskeln, meist von Kiefer, Stirn und Nacken. Sie reicht von 12 Hz aufwärts und sieht aus wie Beta.</translation>
    </message>
    <message>
      <source>neutral</source>
      <translation>neutral</translation>
    </message>
    <message>
      <source>The middle position of the feedback, which says neither yes nor no.</source>
      <translation>Die mittlere Stellung des Feedbacks, die weder Ja noch Nein sagt.</translation>
    </message>
    <message>
      <source>The device sent something that is not a number. It is held and left out.</source>
      <translation>Das Gerät hat etwas gesendet, das keine Zahl ist. Es wird angehalten und ausgelassen.</translation>
    </message>
    <message>
      <source>notch</source>
      <translation>Kerbfilter</translation>
    </message>
    <message>
      <source>A filter that takes out one frequency, that of the mains.</source>
      <translation>Ein Filter, das eine Frequenz herausnimmt, die des Stromnetzes.</translation>
    </message>
    <message>
      <source>pause</source>
      <translation>Pausieren</translation>
    </message>
    <message>
      <source>Everything stands still until somebody resumes; the recording runs on.</source>
      <translation>Alles steht still, bis jemand fortsetzt; die Aufzeichnung läuft weiter.</translation>
    </message>
    <message>
      <source>percentile</source>
      <translation>Perzentil</translation>
    </message>
    <message>
      <source>The value below which a given share of all values lies: half of them lie below the 50th.</source>
      <translation>Der Wert, unter dem ein gegebener Anteil aller Werte liegt: Die Hälfte liegt unter dem 50.</translation>
    </message>
    <message>
      <source>phase</source>
      <translation>Phase</translation>
    </message>
    <message>
      <source>Where in its wave a rhythm stands at a moment: crest, trough, or between them.</source>
      <translation>Wo in seiner Welle ein Rhythmus gerade steht: Gipfel, Tal oder dazwischen.</translation>
    </message>
    <message>
      <source>phase_locking</source>
      <translation>phase_locking</translation>
    </message>
    <message>
      <source>How steadily the waves of two sites keep their distance in time, whatever their size, from 0 to 1.</source>
      <translation>Wie beständig die Wellen zweier Orte ihren zeitlichen Abstand halten, gleich wie groß sie sind, von 0 bis 1.</translation>
    </message>
    <message>
      <source>pop</source>
      <translation>Elektrodensprung</translation>
    </message>
    <message>
      <source>A sudden jump of a single electrode that settles slowly: its contact slipped.</source>
      <translation>Ein plötzlicher Sprung einer einzelnen Elektrode, der langsam abklingt: Ihr Kontakt ist verrutscht.</translation>
    </message>
    <message>
      <source>power</source>
      <translation>Leistung</translation>
    </message>
    <message>
      <source>band power</source>
      <translation>Bandleistung</translation>
    </message>
    <message>
      <source>The square of a rhythm's size, in µV². Doubling the amplitude makes it fourfold.</source>
      <translation>Das Quadrat der Größe eines Rhythmus, in µV². Die doppelte Amplitude macht sie viermal so groß.</translation>
    </message>
    <message>
      <source>protocol</source>
      <translation>Protokoll</translation>
    </message>
    <message>
      <source>The full recipe of a training: sites, bands, conditions, guards and times, in one readable file.</source>
      <translation>Das vollständige Rezept eines Trainings: Orte, Bänder, Bedingungen, Wächter und Zeiten, in einer lesbaren Datei.</translation>
    </message>
    <message>
      <source>quality</source>
      <translation>Qualität</translation>
    </message>
    <message>
      <source>signal quality</source>
      <translation>Signalqualität</translation>
    </message>
    <message>
      <source>How far a channel can be trusted at the moment, with the reason if it cannot.</source>
      <translation>Wie weit man einem Kanal gerade trauen kann, mit dem Grund, falls nicht.</translation>
    </message>
    <message>
      <source>rail</source>
      <translation>Anschlag</translation>
    </message>
    <message>
      <source>The voltage stands at the end of what the amplifier can measure: usually an electrode without contact.</source>
      <translation>Die Spannung steht am Ende dessen, was der Verstärker messen kann: meist eine Elektrode ohne Kontakt.</translation>
    </message>
    <message>
      <source>ratio</source>
      <translation>Verhältnis</translation>
    </message>
    <message>
      <source>theta/beta</source>
      <translation>Theta/Beta</translation>
    </message>
    <message>
      <source>One feature divided by another; as a logarithm, how far they are apart.</source>
      <translation>Ein Merkmal geteilt durch ein anderes; als Logarithmus, wie weit sie auseinanderliegen.</translation>
    </message>
    <message>
      <source>raw EEG</source>
      <translation>rohes EEG</translation>
    </message>
    <message>
      <source>raw</source>
      <translation>roh</translation>
    </message>
    <message>
      <source>The signal as the device delivered it. It is recorded like this; filters serve the display.</source>
      <translation>Das Signal, wie das Gerät es geliefert hat. So wird es aufgezeichnet; Filter dienen der Anzeige.</translation>
    </message>
    <message>
      <source>recalibration</source>
      <translation>Neukalibrierung</translation>
    </message>
    <message>
      <source>One correction of the thresholds in a session, if rewards are far too rare or far too frequent. It is logged.</source>
      <translation>Eine Korrektur der Schwellen in einer Sitzung, wenn Belohnungen viel zu selten oder viel zu häufig sind. Sie wird vermerkt.</translation>
    </message>
    <message>
      <source>recording</source>
      <translation>Aufzeichnung</translation>
    </message>
    <message>
      <source>The file of a session. What is in it is exactly what was computed on.</source>
      <translation>Die Datei einer Sitzung. Was darin steht, ist genau das, womit gerechnet wurde.</translation>
    </message>
    <message>
      <source>linked ears</source>
      <translation>verbundene Ohren</translation>
    </message>
    <message>
      <source>The electrode, or the mean of some, against which all others are measured. Keep it the same over a course.</source>
      <translation>Die Elektrode oder der Mittelwert mehrerer, gegen die alle anderen gemessen werden. Behalten Sie sie über eine Trainingsreihe bei.</translation>
    </message>
    <message>
      <source>refractory time</source>
      <translation>Refraktärzeit</translation>
    </message>
    <message>
      <source>The shortest time between two rewards.</source>
      <translation>Die kürzeste Zeit zwischen zwei Belohnungen.</translation>
    </message>
    <message>
      <source>relative</source>
      <translation>relativ</translation>
    </message>
    <message>
      <source>relative power</source>
      <translation>relative Leistung</translation>
    </message>
    <message>
      <source>The share that a band has of the whole. It also moves when the other bands do.</source>
      <translation>Der Anteil eines Bandes am Ganzen. Er bewegt sich auch, wenn die anderen Bänder es tun.</translation>
    </message>
    <message>
      <source>replay</source>
      <translation>Wiedergabe</translation>
    </message>
    <message>
      <source>Running a recording again through the same decisions. Of our own recordings it gives the same to the last bit.</source>
      <translation>Eine Aufzeichnung noch einmal durch dieselben Entscheidungen laufen lassen. Bei eigenen Aufzeichnungen ergibt das bis aufs letzte Bit dasselbe.</translation>
    </message>
    <message>
      <source>A pause between two runs. Its clock runs on whatever the signal does.</source>
      <translation>Eine Pause zwischen zwei Durchgängen. Ihre Uhr läuft weiter, was auch immer das Signal tut.</translation>
    </message>
    <message>
      <source>token</source>
      <translation>Belohnungspunkt</translation>
    </message>
    <message>
      <source>What is given when all conditions have been met for the dwell time: a sound, a token.</source>
      <translation>Was gegeben wird, wenn alle Bedingungen die Haltezeit lang erfüllt waren: ein Klang, ein Punkt.</translation>
    </message>
    <message>
      <source>rhythm</source>
      <translation>Rhythmus</translation>
    </message>
    <message>
      <source>A wave that repeats itself for a while. Also a way to estimate only that part of a band which is a rhythm, without the noise under it.</source>
      <translation>Eine Welle, die sich eine Weile wiederholt. Auch ein Weg, nur den Teil eines Bandes zu schätzen, der ein Rhythmus ist, ohne das Rauschen darunter.</translation>
    </message>
    <message>
      <source>rolling percentile</source>
      <translation>gleitendes Perzentil</translation>
    </message>
    <message>
      <source>rolling_percentile</source>
      <translation>rolling_percentile</translation>
    </message>
    <message>
      <source>automatic threshold</source>
      <translation>automatische Schwelle</translation>
    </message>
    <message>
      <source>auto</source>
      <translation>Auto</translation>
    </message>
    <message>
      <source>A threshold that follows the last minute or two of clean signal. It keeps the score steady and so hides learning: it is labelled.</source>
      <translation>Eine Schwelle, die den letzten ein bis zwei Minuten sauberen Signals folgt. Sie hält den Score gleichmäßig und verdeckt so das Lernen: Sie wird gekennzeichnet.</translation>
    </message>
    <message>
      <source>A stretch of training with feedback, usually two to five minutes of clean time.</source>
      <translation>Ein Stück Training mit Feedback, meist zwei bis fünf Minuten saubere Zeit.</translation>
    </message>
    <message>
      <source>sample</source>
      <translation>Messwert</translation>
    </message>
    <message>
      <source>sampling rate</source>
      <translation>Abtastrate</translation>
    </message>
    <message>
      <source>One number that the device measured; some hundreds come each second on every channel.</source>
      <translation>Eine Zahl, die das Gerät gemessen hat; auf jedem Kanal kommen pro Sekunde einige Hundert.</translation>
    </message>
    <message>
      <source>score</source>
      <translation>Score</translation>
    </message>
    <message>
      <source>How often the conditions were met. Compare it only between sessions whose thresholds were made alike.</source>
      <translation>Wie oft die Bedingungen erfüllt waren. Vergleichen Sie ihn nur zwischen Sitzungen, deren Schwellen gleich gebildet wurden.</translation>
    </message>
    <message>
      <source>One visit: check, baseline, runs with rests between them, and the summary.</source>
      <translation>Ein Termin: Prüfung, Ruhemessung, Durchgänge mit Ruhe dazwischen und der Abschluss.</translation>
    </message>
    <message>
      <source>settling</source>
      <translation>Einschwingen</translation>
    </message>
    <message>
      <source>The first seconds, in which the filters fill and nothing can be told yet.</source>
      <translation>Die ersten Sekunden, in denen sich die Filter füllen und noch nichts gesagt werden kann.</translation>
    </message>
    <message>
      <source>sham</source>
      <translation>Sham</translation>
    </message>
    <message>
      <source>Feedback that does not come from the person's trained signal, given without their knowing in studies, to see what expectancy alone does.</source>
      <translation>Feedback, das nicht vom trainierten Signal der Person stammt, in Studien ohne ihr Wissen gegeben, um zu sehen, was allein die Erwartung bewirkt.</translation>
    </message>
    <message>
      <source>sidecar</source>
      <translation>Begleitdatei</translation>
    </message>
    <message>
      <source>A small text file beside a recording that says how it was made.</source>
      <translation>Eine kleine Textdatei neben einer Aufzeichnung, die sagt, wie sie entstand.</translation>
    </message>
    <message>
      <source>site</source>
      <translation>Elektrodenort</translation>
    </message>
    <message>
      <source>A named place on the head in the 10-10 system: letters for the region, odd numbers left, even right, z the middle.</source>
      <translation>Eine benannte Stelle am Kopf im 10-10-System: Buchstaben für die Region, ungerade Zahlen links, gerade rechts, z die Mitte.</translation>
    </message>
    <message>
      <source>Averaging over time, which steadies a number and makes it late by as much.</source>
      <translation>Mittelung über die Zeit; sie macht eine Zahl ruhiger und um ebenso viel später.</translation>
    </message>
    <message>
      <source>sensorimotor rhythm</source>
      <translation>sensomotorischer Rhythmus</translation>
    </message>
    <message>
      <source>Sensorimotor rhythm: 12 to 15 waves a second over the top of the head, strong while the body is still.</source>
      <translation>Sensomotorischer Rhythmus: 12 bis 15 Wellen pro Sekunde über der Kopfmitte, stark, solange der Körper still ist.</translation>
    </message>
    <message>
      <source>spectrogram</source>
      <translation>Spektrogramm</translation>
    </message>
    <message>
      <source>The spectrum over time, strength shown as colour.</source>
      <translation>Das Spektrum über die Zeit, die Stärke als Farbe gezeigt.</translation>
    </message>
    <message>
      <source>spectrum</source>
      <translation>Spektrum</translation>
    </message>
    <message>
      <source>How strong each frequency is in a stretch of signal.</source>
      <translation>Wie stark jede Frequenz in einem Stück Signal ist.</translation>
    </message>
    <message>
      <source>stage</source>
      <translation>Abschnitt</translation>
    </message>
    <message>
      <source>A part of a session: check, baseline, run, rest or transfer.</source>
      <translation>Ein Teil einer Sitzung: Prüfung, Ruhemessung, Durchgang, Ruhe oder Transfer.</translation>
    </message>
    <message>
      <source>staircase</source>
      <translation>Treppenregel</translation>
    </message>
    <message>
      <source>A threshold that goes up a little after success and down a little after none. It keeps the score steady and so hides learning: it is labelled.</source>
      <translation>Eine Schwelle, die nach Erfolg etwas steigt und ohne Erfolg etwas sinkt. Sie hält den Score gleichmäßig und verdeckt so das Lernen: Sie wird gekennzeichnet.</translation>
    </message>
    <message>
      <source>The share of time in range that a threshold is made for, 65 % by default.</source>
      <translation>Der Anteil der Zeit im Zielbereich, für den eine Schwelle gebildet wird, ohne Angabe 65 %.</translation>
    </message>
    <message>
      <source>The rhythm of 4 to 8 waves a second: near sleep, and over the middle of the front while one holds something in mind.</source>
      <translation>Der Rhythmus von 4 bis 8 Wellen pro Sekunde: nahe am Schlaf und, über der Mitte des Vorderkopfs, wenn man etwas im Sinn behält.</translation>
    </message>
    <message>
      <source>The value that a feature has to pass. By default it is taken from the clean baseline and then stays.</source>
      <translation>Der Wert, den ein Merkmal überschreiten oder unterschreiten muss. Ohne andere Angabe wird er aus der sauberen Ruhemessung genommen und bleibt dann.</translation>
    </message>
    <message>
      <source>transfer run</source>
      <translation>Transferdurchgang</translation>
    </message>
    <message>
      <source>A run without feedback: can it be done without help?</source>
      <translation>Ein Durchgang ohne Feedback: Gelingt es ohne Hilfe?</translation>
    </message>
    <message>
      <source>The faster part of alpha: from a person's alpha peak to 2 Hz above it.</source>
      <translation>Der schnellere Teil von Alpha: von der Alphaspitze einer Person bis 2 Hz darüber.</translation>
    </message>
    <message>
      <source>Time that counts: clean, in contact, and not paused. The clocks of baseline and runs count it.</source>
      <translation>Zeit, die zählt: sauber, mit Kontakt und nicht pausiert. Die Uhren von Ruhemessung und Durchgängen zählen sie.</translation>
    </message>
    <message>
      <source>wiener</source>
      <translation>wiener</translation>
    </message>
    <message>
      <source>The usual way here to estimate a band's amplitude: a complex filter that leaves the least error for a person's own spectrum at the chosen delay.</source>
      <translation>Der hier übliche Weg, die Amplitude eines Bandes zu schätzen: ein komplexes Filter, das für das eigene Spektrum einer Person bei der gewählten Verzögerung den kleinsten Fehler lässt.</translation>
    </message>
    <message>
      <source>{names} is above its threshold</source>
      <translation>{names} über der Schwelle liegt</translation>
    </message>
    <message>
      <source>{names} are above their thresholds</source>
      <translation>{names} über ihren Schwellen liegen</translation>
    </message>
    <message>
      <source>{names} is below its threshold</source>
      <translation>{names} unter der Schwelle liegt</translation>
    </message>
    <message>
      <source>{names} are below their thresholds</source>
      <translation>{names} unter ihren Schwellen liegen</translation>
    </message>
    <message>
      <source>{names} stays above its threshold</source>
      <translation>{names} über der Schwelle bleibt</translation>
    </message>
    <message>
      <source>{names} stay above their thresholds</source>
      <translation>{names} über ihren Schwellen bleiben</translation>
    </message>
    <message>
      <source>{names} stay above theirs</source>
      <translation>{names} über ihren Schwellen bleiben</translation>
    </message>
    <message>
      <source>{names} stays below its threshold</source>
      <translation>{names} unter der Schwelle bleibt</translation>
    </message>
    <message>
      <source>{names} stay below their thresholds</source>
      <translation>{names} unter ihren Schwellen bleiben</translation>
    </message>
    <message>
      <source>{names} stay below theirs</source>
      <translation>{names} unter ihren Schwellen bleiben</translation>
    </message>
    <message>
      <source>{names} is above {value}</source>
      <translation>{names} über {value} liegt</translation>
    </message>
    <message>
      <source>{names} are above {value}</source>
      <translation>{names} über {value} liegen</translation>
    </message>
    <message>
      <source>{names} is below {value}</source>
      <translation>{names} unter {value} liegt</translation>
    </message>
    <message>
      <source>{names} are below {value}</source>
      <translation>{names} unter {value} liegen</translation>
    </message>
    <message>
      <source>{names} stays above {value}</source>
      <translation>{names} über {value} bleibt</translation>
    </message>
    <message>
      <source>{names} stay above {value}</source>
      <translation>{names} über {value} bleiben</translation>
    </message>
    <message>
      <source>{names} stays below {value}</source>
      <translation>{names} unter {value} bleibt</translation>
    </message>
    <message>
      <source>{names} stay below {value}</source>
      <translation>{names} unter {value} bleiben</translation>
    </message>
    <message>
      <source>the coherence of {band}</source>
      <translation>die Kohärenz von {band}</translation>
    </message>
    <message>
      <source>the imaginary coherence of {band}</source>
      <translation>die imaginäre Kohärenz von {band}</translation>
    </message>
    <message>
      <source>the phase locking of {band}</source>
      <translation>die Phasenkopplung von {band}</translation>
    </message>
    <message>
      <source>gamma</source>
      <translation>Gamma</translation>
    </message>
    <message>
      <source>slow activity</source>
      <translation>langsame Aktivität</translation>
    </message>
    <message>
      <source>activity</source>
      <translation>Aktivität</translation>
    </message>
  </context>
</TS>
