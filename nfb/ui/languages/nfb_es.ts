<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
  <context>
    <name>nfb</name>
    <message>
      <source>{new} for {old}</source>
      <translation>{new} por {old}</translation>
    </message>
    <message>
      <source>Reward when {conditions}.</source>
      <translation>Se recompensa cuando {conditions}.</translation>
    </message>
    <message>
      <source>{sentence} Adapted: {sites}.</source>
      <translation>{sentence} Adaptado: {sites}.</translation>
    </message>
    <message>
      <source>{first}; then when {then}</source>
      <translation>{first}; después, cuando {then}</translation>
    </message>
    <message>
      <source>{first}; then, with eyes closed, when {then}</source>
      <translation>{first}; después, con los ojos cerrados, cuando {then}</translation>
    </message>
    <message>
      <source>{first}; then, with eyes open, when {then}</source>
      <translation>{first}; después, con los ojos abiertos, cuando {then}</translation>
    </message>
    <message>
      <source>{rewards} while {inhibits}</source>
      <translation>{rewards} mientras {inhibits}</translation>
    </message>
    <message>
      <source>the ratio of the power of {top} to the power of {bottom}</source>
      <translation>el cociente entre la potencia de {top} y la potencia de {bottom}</translation>
    </message>
    <message>
      <source>the ratio of {top} to {bottom}</source>
      <translation>el cociente entre {top} y {bottom}</translation>
    </message>
    <message>
      <source>{what} at {sites} relative to {left_sites}</source>
      <translation>{what} en {sites} respecto a {left_sites}</translation>
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
      <translation>la proporción de {band} en {low}–{high} Hz</translation>
    </message>
    <message>
      <source>the power of {band}</source>
      <translation>la potencia de {band}</translation>
    </message>
    <message>
      <source>{band}, or from the alpha peak to {high} Hz above it</source>
      <translation>{band}, o desde el pico alfa hasta {high} Hz por encima</translation>
    </message>
    <message>
      <source>{band}, or from {low} to {high} Hz above the alpha peak</source>
      <translation>{band}, o de {low} a {high} Hz por encima del pico alfa</translation>
    </message>
    <message>
      <source>{band}, or from {low} Hz below the alpha peak up to it</source>
      <translation>{band}, o desde {low} Hz por debajo del pico alfa hasta él</translation>
    </message>
    <message>
      <source>{band}, or from {low} to {high} Hz below the alpha peak</source>
      <translation>{band}, o de {low} a {high} Hz por debajo del pico alfa</translation>
    </message>
    <message>
      <source>{band}, or from {low} Hz below the alpha peak to {high} Hz above it</source>
      <translation>{band}, o desde {low} Hz por debajo del pico alfa hasta {high} Hz por encima</translation>
    </message>
    <message>
      <source>{words} and {last}</source>
      <translation>{words} y {last}</translation>
    </message>
    <message>
      <source>own symptom</source>
      <translation>síntoma propio</translation>
    </message>
    <message>
      <source>yes</source>
      <translation>sí</translation>
    </message>
    <message>
      <source>no</source>
      <translation>no</translation>
    </message>
    <message>
      <source>asked, none</source>
      <translation>preguntado, ninguno</translation>
    </message>
    <message>
      <source>{feature} and threshold over the session</source>
      <translation>{feature} y umbral a lo largo de la sesión</translation>
    </message>
    <message>
      <source>Line: mean {feature} of every 2 s of clean EEG over {minutes} minutes. Dashed: threshold. Grey: breaks. Hatched: held for artefacts, {n} stretches. Gaps are left open.</source>
      <translation>Línea: media de {feature} cada 2 s de EEG limpio durante {minutes} minutos. Discontinua: umbral. Gris: descansos. Rayado: en espera por artefactos, {n} tramos. Las lagunas quedan abiertas.</translation>
    </message>
    <message>
      <source>threshold</source>
      <translation>umbral</translation>
    </message>
    <message>
      <source>held (artefact)</source>
      <translation>en espera (artefacto)</translation>
    </message>
    <message>
      <source>break</source>
      <translation>descanso</translation>
    </message>
    <message>
      <source>minutes</source>
      <translation>minutos</translation>
    </message>
    <message>
      <source>Share of valid time in range: {shares}.</source>
      <translation>Proporción del tiempo válido en rango: {shares}.</translation>
    </message>
    <message>
      <source>no run</source>
      <translation>ningún tramo</translation>
    </message>
    <message>
      <source>Time in range per run</source>
      <translation>Tiempo en rango por tramo</translation>
    </message>
    <message>
      <source>in range, % of valid time</source>
      <translation>en rango, % del tiempo válido</translation>
    </message>
    <message>
      <source>in the baseline {share}</source>
      <translation>en la línea base {share}</translation>
    </message>
    <message>
      <source>run</source>
      <translation>tramo</translation>
    </message>
    <message>
      <source>Spectrum at the beginning and at the end</source>
      <translation>Espectro al principio y al final</translation>
    </message>
    <message>
      <source>Dashed: {before}, {n_before} windows. Solid: {after}, {n_after} windows. 2 to 40 hertz, logarithmic. Snapshot, read with care.</source>
      <translation>Discontinua: {before}, {n_before} ventanas. Continua: {after}, {n_after} ventanas. De 2 a 40 hercios, logarítmico. Instantánea, léase con cautela.</translation>
    </message>
    <message>
      <source>power density, µV²/Hz</source>
      <translation>densidad de potencia, µV²/Hz</translation>
    </message>
    <message>
      <source>{time} in {runs}. The clock stood still while you blinked or moved.</source>
      <translation>{time} en {runs}. El reloj se detuvo mientras usted parpadeaba o se movía.</translation>
    </message>
    <message>
      <source>How much of the training time the rhythm was in range, run by run. The line shows how surely that is known. More is not better health; it is what you practised.</source>
      <translation>Cuánto del tiempo de entrenamiento estuvo el ritmo en rango, tramo a tramo. La línea muestra con qué seguridad se sabe. Más no es mejor salud; es lo que usted ha practicado.</translation>
    </message>
    <message>
      <source>You practised shifting the balance between the left and the right side of a brain rhythm.</source>
      <translation>Ha practicado desplazar el equilibrio de un ritmo cerebral entre el lado izquierdo y el derecho.</translation>
    </message>
    <message>
      <source>You practised letting the balance of two brain rhythms ({name}) rise.</source>
      <translation>Ha practicado dejar subir el equilibrio de dos ritmos cerebrales ({name}).</translation>
    </message>
    <message>
      <source>You practised letting the balance of two brain rhythms ({name}) fall.</source>
      <translation>Ha practicado dejar bajar el equilibrio de dos ritmos cerebrales ({name}).</translation>
    </message>
    <message>
      <source> and </source>
      <translation> y </translation>
    </message>
    <message>
      <source>You practised letting a brain rhythm called {name} ({band}, at {sites}) become stronger. Each time it was, the program told you at once.</source>
      <translation>Ha practicado dejar que un ritmo cerebral llamado {name} ({band}, en {sites}) se hiciera más fuerte. Cada vez que lo era, el programa se lo decía enseguida.</translation>
    </message>
    <message>
      <source>You practised letting a brain rhythm called {name} ({band}, at {sites}) become calmer. Each time it was, the program told you at once.</source>
      <translation>Ha practicado dejar que un ritmo cerebral llamado {name} ({band}, en {sites}) se calmara. Cada vez que lo hacía, el programa se lo decía enseguida.</translation>
    </message>
    <message>
      <source>session number</source>
      <translation>número de sesión</translation>
    </message>
    <message>
      <source>date</source>
      <translation>fecha</translation>
    </message>
    <message>
      <source>No treatments shown.</source>
      <translation>No se muestran tratamientos.</translation>
    </message>
    <message>
      <source>Treatments: {treatments}.</source>
      <translation>Tratamientos: {treatments}.</translation>
    </message>
    <message>
      <source>The course over time</source>
      <translation>El curso a lo largo del tiempo</translation>
    </message>
    <message>
      <source>One chart each on a common axis of {axis}: {charts}.</source>
      <translation>Un gráfico de cada uno sobre un eje común ({axis}): {charts}.</translation>
    </message>
    <message>
      <source>other treatment, as told</source>
      <translation>otro tratamiento, según lo referido</translation>
    </message>
    <message>
      <source>{treatment} (goes on)</source>
      <translation>{treatment} (continúa)</translation>
    </message>
    <message>
      <source>no values</source>
      <translation>sin valores</translation>
    </message>
    <message>
      <source>From means over clean time on a logarithmic scale.</source>
      <translation>A partir de medias del tiempo limpio en escala logarítmica.</translation>
    </message>
    <message>
      <source>From means over clean time.</source>
      <translation>A partir de medias del tiempo limpio.</translation>
    </message>
    <message>
      <source>{first} to {last}</source>
      <translation>del {first} al {last}</translation>
    </message>
    <message>
      <source>Slopes: Theil–Sen.</source>
      <translation>Pendientes: Theil–Sen.</translation>
    </message>
    <message>
      <source>[ ]: 95 % interval.</source>
      <translation>[ ]: intervalo del 95 %.</translation>
    </message>
    <message>
      <source>No.</source>
      <translation>N.º</translation>
    </message>
    <message>
      <source>valid time</source>
      <translation>tiempo válido</translation>
    </message>
    <message>
      <source>clean</source>
      <translation>limpio</translation>
    </message>
    <message>
      <source>baseline</source>
      <translation>línea base</translation>
    </message>
    <message>
      <source>above fixed limit</source>
      <translation>sobre límite fijo</translation>
    </message>
    <message>
      <source>in range</source>
      <translation>en rango</translation>
    </message>
    <message>
      <source>Dots: one session or visit each; bars: 95 % interval; rings, dashed: the rest before. What is missing is left open and not joined. Shaded bars: other treatment, with dotted lines at its begin and end.</source>
      <translation>Puntos: una sesión o visita cada uno; barras: intervalo del 95 %; anillos, discontinua: el reposo previo. Lo que falta queda abierto y no se une. Barras grises: otro tratamiento, con líneas de puntos al inicio y al final.</translation>
    </message>
    <message>
      <source>The last {shown} of {n} sessions.</source>
      <translation>Las últimas {shown} de {n} sesiones.</translation>
    </message>
    <message>
      <source>[ ]: 95 % interval by block bootstrap over 5-s chunks. Above fixed limit: share of clean training time beyond the {percentile}th percentile of the first session's baseline, whatever the thresholds were.</source>
      <translation>[ ]: intervalo del 95 % por bootstrap de bloques de 5 s. Sobre límite fijo: proporción del tiempo de entrenamiento limpio más allá del percentil {percentile} de la línea base de la primera sesión, fueran cuales fueran los umbrales.</translation>
    </message>
    <message>
      <source>In range: under each session's own thresholds; these were automatic, so it says nothing about learning.</source>
      <translation>En rango: con los umbrales propios de cada sesión; fueron automáticos, así que no dice nada sobre el aprendizaje.</translation>
    </message>
    <message>
      <source>In range: under each session's own thresholds.</source>
      <translation>En rango: con los umbrales propios de cada sesión.</translation>
    </message>
    <message>
      <source>{n} (no plan recorded)</source>
      <translation>{n} (sin plan registrado)</translation>
    </message>
    <message>
      <source>{n} of {planned} planned ({share})</source>
      <translation>{n} de {planned} previstas ({share})</translation>
    </message>
    <message>
      <source>{name} (version {n})</source>
      <translation>{name} (versión {n})</translation>
    </message>
    <message>
      <source>{time} valid, {share} of training time clean</source>
      <translation>{time} válidos, {share} del tiempo de entrenamiento limpio</translation>
    </message>
    <message>
      <source>Done</source>
      <translation>Hecho</translation>
    </message>
    <message>
      <source>Adherence</source>
      <translation>Constancia</translation>
    </message>
    <message>
      <source>Protocol</source>
      <translation>Protocolo</translation>
    </message>
    <message>
      <source>Time trained</source>
      <translation>Tiempo entrenado</translation>
    </message>
    <message>
      <source>all within {days}</source>
      <translation>todas dentro de {days}</translation>
    </message>
    <message>
      <source>{per_week} sessions per week over {weeks}; longest pause {days}</source>
      <translation>{per_week} sesiones por semana durante {weeks}; pausa más larga: {days}</translation>
    </message>
    <message>
      <source>{n} week</source>
      <translation>{n} semana</translation>
    </message>
    <message>
      <source>{n} weeks</source>
      <translation>{n} semanas</translation>
    </message>
    <message>
      <source>{n} day</source>
      <translation>{n} día</translation>
    </message>
    <message>
      <source>{n} days</source>
      <translation>{n} días</translation>
    </message>
    <message>
      <source>Learner: the trained signal changed the trained way</source>
      <translation>Aprendizaje: la señal entrenada cambió en el sentido entrenado</translation>
    </message>
    <message>
      <source>Learning: not shown</source>
      <translation>Aprendizaje: no mostrado</translation>
    </message>
    <message>
      <source>Learning: too few sessions to tell</source>
      <translation>Aprendizaje: muy pocas sesiones para decirlo</translation>
    </message>
    <message>
      <source>“Learner” is said only if the 95 % intervals of the change within sessions and of that across sessions both lie on the trained side of 0, over at least {n} sessions with at least {share} clean training time.</source>
      <translation>Solo se dice «aprendizaje» si los intervalos del 95 % del cambio dentro de las sesiones y del cambio entre sesiones quedan ambos del lado entrenado de 0, en al menos {n} sesiones con al menos {share} de tiempo de entrenamiento limpio.</translation>
    </message>
    <message>
      <source>There is no generally agreed definition.</source>
      <translation>No existe una definición generalmente aceptada.</translation>
    </message>
    <message>
      <source>“Not shown” does not mean that nothing was learned; many people's signals do not change.</source>
      <translation>«No mostrado» no significa que no se haya aprendido nada; las señales de muchas personas no cambian.</translation>
    </message>
    <message>
      <source>too few (n = {n}; needs {needed})</source>
      <translation>muy pocas (n = {n}; se necesitan {needed})</translation>
    </message>
    <message>
      <source>{change} per session, n = {n} sessions</source>
      <translation>{change} por sesión, n = {n} sesiones</translation>
    </message>
    <message>
      <source>{points} [{low}, {high}] percentage points per session, n = {n} sessions</source>
      <translation>{points} [{low}, {high}] puntos porcentuales por sesión, n = {n} sesiones</translation>
    </message>
    <message>
      <source>{change} per run, n = {sessions}</source>
      <translation>{change} por tramo, n = {sessions}</translation>
    </message>
    <message>
      <source>Above fixed limit</source>
      <translation>Sobre límite fijo</translation>
    </message>
    <message>
      <source>Across sessions</source>
      <translation>Entre sesiones</translation>
    </message>
    <message>
      <source>Baselines</source>
      <translation>Líneas base</translation>
    </message>
    <message>
      <source>Within sessions</source>
      <translation>Dentro de las sesiones</translation>
    </message>
    <message>
      <source>For lack of room not drawn: {names}.</source>
      <translation>Por falta de espacio no se dibujan: {names}.</translation>
    </message>
    <message>
      <source>{feature}: training (dots) and rest before (rings)</source>
      <translation>{feature}: entrenamiento (puntos) y reposo previo (anillos)</translation>
    </message>
    <message>
      <source>time above the first baseline's fixed limit, % of clean training time</source>
      <translation>tiempo sobre el límite fijo de la primera línea base, % del tiempo de entrenamiento limpio</translation>
    </message>
    <message>
      <source>clean, % of training time</source>
      <translation>limpio, % del tiempo de entrenamiento</translation>
    </message>
    <message>
      <source>{n} change</source>
      <translation>{n} cambio</translation>
    </message>
    <message>
      <source>{n} changes</source>
      <translation>{n} cambios</translation>
    </message>
    <message>
      <source>en</source>
      <translation>es</translation>
    </message>
    <message>
      <source>This sheet is in English, as is the checklist, because it goes with a scientific publication.</source>
      <translation>Esta hoja está en inglés, como la lista de comprobación, porque acompaña a una publicación científica.</translation>
    </message>
    <message>
      <source>{ms} ms (as declared)</source>
      <translation>{ms} ms (según lo declarado)</translation>
    </message>
    <message>
      <source>not known</source>
      <translation>no se sabe</translation>
    </message>
    <message>
      <source>electrode to computer {link} + burst {burst} ms + hop {hop} ms + filters {filters} ms = {total} ms</source>
      <translation>del electrodo al ordenador {link} + ráfaga {burst} ms + paso {hop} ms + filtros {filters} ms = {total} ms</translation>
    </message>
    <message>
      <source>decision {time} after arrival</source>
      <translation>decisión {time} tras la llegada</translation>
    </message>
    <message>
      <source>on the screen {time} after the decision</source>
      <translation>en la pantalla {time} tras la decisión</translation>
    </message>
    <message>
      <source>in the sound {time} after the decision</source>
      <translation>en el sonido {time} tras la decisión</translation>
    </message>
    <message>
      <source>whole loop {time}</source>
      <translation>bucle completo {time}</translation>
    </message>
    <message>
      <source>{median} ms (95th percentile {p95} ms)</source>
      <translation>{median} ms (percentil 95: {p95} ms)</translation>
    </message>
    <message>
      <source>Stage</source>
      <translation>Etapa</translation>
    </message>
    <message>
      <source>held</source>
      <translation>en espera</translation>
    </message>
    <message>
      <source>mean {feature}</source>
      <translation>media de {feature}</translation>
    </message>
    <message>
      <source>set by</source>
      <translation>fijado por</translation>
    </message>
    <message>
      <source>rewards</source>
      <translation>recompensas</translation>
    </message>
    <message>
      <source>[ ]: 95 % interval by block bootstrap over 5-s chunks (n = valid time ÷ 5 s). Means over clean time. Threshold: at the start → at the end of the stage.</source>
      <translation>[ ]: intervalo del 95 % por bootstrap de bloques de 5 s (n = tiempo válido ÷ 5 s). Medias del tiempo limpio. Umbral: al principio → al final de la etapa.</translation>
    </message>
    <message>
      <source>A. {feature} and its threshold, means of 2 s. Left open: held, or samples lost.</source>
      <translation>A. {feature} y su umbral, medias de 2 s. Abierto: en espera o muestras perdidas.</translation>
    </message>
    <message>
      <source>No clean windows for a spectrum.</source>
      <translation>No hay ventanas limpias para un espectro.</translation>
    </message>
    <message>
      <source>B. Time in range per run, of valid time, with 95 % interval. C. Spectrum at the trained sites, n clean windows of 2 s.</source>
      <translation>B. Tiempo en rango por tramo, del tiempo válido, con intervalo del 95 %. C. Espectro en los sitios entrenados, n ventanas limpias de 2 s.</translation>
    </message>
    <message>
      <source>Electrode</source>
      <translation>Electrodo</translation>
    </message>
    <message>
      <source>contact good</source>
      <translation>contacto bueno</translation>
    </message>
    <message>
      <source>otherwise</source>
      <translation>si no</translation>
    </message>
    <message>
      <source>Share of looks of 4 s, one every 20 s.</source>
      <translation>Proporción de comprobaciones de 4 s, una cada 20 s.</translation>
    </message>
    <message>
      <source>Geometric means of clean time.</source>
      <translation>Medias geométricas del tiempo limpio.</translation>
    </message>
    <message>
      <source>Means of clean time.</source>
      <translation>Medias del tiempo limpio.</translation>
    </message>
    <message>
      <source>mean of {sites}</source>
      <translation>media de {sites}</translation>
    </message>
    <message>
      <source>average</source>
      <translation>promedio</translation>
    </message>
    <message>
      <source>{n} channel</source>
      <translation>{n} canal</translation>
    </message>
    <message>
      <source>{n} channels</source>
      <translation>{n} canales</translation>
    </message>
    <message>
      <source>Client</source>
      <translation>Cliente</translation>
    </message>
    <message>
      <source>Clinician</source>
      <translation>Clínico</translation>
    </message>
    <message>
      <source>not recorded</source>
      <translation>no registrado</translation>
    </message>
    <message>
      <source>Device</source>
      <translation>Dispositivo</translation>
    </message>
    <message>
      <source>Program</source>
      <translation>Programa</translation>
    </message>
    <message>
      <source>{name} ({id}, version {n})</source>
      <translation>{name} ({id}, versión {n})</translation>
    </message>
    <message>
      <source>Sites and reference</source>
      <translation>Sitios y referencia</translation>
    </message>
    <message>
      <source>{sites}; reference {reference}</source>
      <translation>{sites}; referencia {reference}</translation>
    </message>
    <message>
      <source>Adapted</source>
      <translation>Adaptado</translation>
    </message>
    <message>
      <source>Delay of the feedback</source>
      <translation>Retardo del feedback</translation>
    </message>
    <message>
      <source>No gaps.</source>
      <translation>Sin lagunas.</translation>
    </message>
    <message>
      <source>{gaps}, {seconds} s of samples lost.</source>
      <translation>{gaps}, {seconds} s de muestras perdidas.</translation>
    </message>
    <message>
      <source>{n} gap</source>
      <translation>{n} hueco</translation>
    </message>
    <message>
      <source>{n} gaps</source>
      <translation>{n} huecos</translation>
    </message>
    <message>
      <source>Clean: {clean} of {time} measured. Held: {held} of it; by cause, over the whole session: {causes}.</source>
      <translation>Limpio: {clean} de {time} medidos. En espera: {held} de ello; por causa, en toda la sesión: {causes}.</translation>
    </message>
    <message>
      <source>nothing</source>
      <translation>nada</translation>
    </message>
    <message>
      <source>{share}, n = {n} looks</source>
      <translation>{share}, n = {n} comprobaciones</translation>
    </message>
    <message>
      <source>{share}, n = {n} looks each</source>
      <translation>{share}, n = {n} comprobaciones cada uno</translation>
    </message>
    <message>
      <source>{n} other</source>
      <translation>{n} más</translation>
    </message>
    <message>
      <source>{n} others</source>
      <translation>{n} más</translation>
    </message>
    <message>
      <source>chunks of 5 s</source>
      <translation>bloques de 5 s</translation>
    </message>
    <message>
      <source>not measured</source>
      <translation>no medido</translation>
    </message>
    <message>
      <source>Per run</source>
      <translation>Por tramo</translation>
    </message>
    <message>
      <source>{change}: {trend}, n = {runs}</source>
      <translation>{change}: {trend}, n = {runs}</translation>
    </message>
    <message>
      <source>Last third − first</source>
      <translation>Último tercio − primero</translation>
    </message>
    <message>
      <source>Runs − baseline</source>
      <translation>Tramos − línea base</translation>
    </message>
    <message>
      <source>Rest after − before</source>
      <translation>Reposo después − antes</translation>
    </message>
    <message>
      <source>Without feedback</source>
      <translation>Sin feedback</translation>
    </message>
    <message>
      <source>Episodes</source>
      <translation>Episodios</translation>
    </message>
    <message>
      <source>{rate} per min beyond the baseline's {percentile}th percentile (n = {n}); median {length} at {level} (n = {n_whole} seen whole)</source>
      <translation>{rate} por min más allá del percentil {percentile} de la línea base (n = {n}); mediana {length} a {level} (n = {n_whole} vistos enteros)</translation>
    </message>
    <message>
      <source>With muscle</source>
      <translation>Con músculo</translation>
    </message>
    <message>
      <source>muscle activity (30–45 Hz)</source>
      <translation>la actividad muscular (30–45 Hz)</translation>
    </message>
    <message>
      <source>With slow waves</source>
      <translation>Con ondas lentas</translation>
    </message>
    <message>
      <source>slow movement (1–4 Hz)</source>
      <translation>el movimiento lento (1–4 Hz)</translation>
    </message>
    <message>
      <source>partial ρ = {rho} [{low}, {high}], n = {n} chunks of 5 s</source>
      <translation>ρ parcial = {rho} [{low}, {high}], n = {n} bloques de 5 s</translation>
    </message>
    <message>
      <source>{figures}: changes went along with {what}, read with care</source>
      <translation>{figures}: los cambios acompañaron a {what}, léase con cautela</translation>
    </message>
    <message>
      <source>Automatic thresholds: they hold the share in range where it is, so it says nothing about learning.</source>
      <translation>Umbrales automáticos: mantienen la proporción en rango donde está, así que no dice nada sobre el aprendizaje.</translation>
    </message>
    <message>
      <source>{name} (version {n}).</source>
      <translation>{name} (versión {n}).</translation>
    </message>
    <message>
      <source>{runs}, {time} of clean training, {share} in range, clean {clean}.</source>
      <translation>{runs}, {time} de entrenamiento limpio, {share} en rango, limpio {clean}.</translation>
    </message>
    <message>
      <source>Held: {causes}.</source>
      <translation>En espera: {causes}.</translation>
    </message>
    <message>
      <source>Ended: {reason}.</source>
      <translation>Final: {reason}.</translation>
    </message>
    <message>
      <source>Threshold of {feature} {value}</source>
      <translation>Umbral de {feature} {value}</translation>
    </message>
    <message>
      <source>{n} threshold change</source>
      <translation>{n} cambio de umbral</translation>
    </message>
    <message>
      <source>{n} threshold changes</source>
      <translation>{n} cambios de umbral</translation>
    </message>
    <message>
      <source>{n} run</source>
      <translation>{n} tramo</translation>
    </message>
    <message>
      <source>{n} runs</source>
      <translation>{n} tramos</translation>
    </message>
    <message>
      <source>{n} session</source>
      <translation>{n} sesión</translation>
    </message>
    <message>
      <source>{n} sessions</source>
      <translation>{n} sesiones</translation>
    </message>
    <message>
      <source>{cause} {seconds} s</source>
      <translation>{cause} {seconds} s</translation>
    </message>
    <message>
      <source>Paused: the signal needs attention. {advice}</source>
      <translation>En pausa: la señal necesita atención. {advice}</translation>
    </message>
    <message>
      <source>In range {share} for a minute. {change}</source>
      <translation>En rango {share} durante un minuto. {change}</translation>
    </message>
    <message>
      <source>Apply</source>
      <translation>Aplicar</translation>
    </message>
    <message>
      <source>many blinks: dim the light, rest the eyes</source>
      <translation>muchos parpadeos: atenúe la luz, descanse los ojos</translation>
    </message>
    <message>
      <source>drowsy: sit up, or a break</source>
      <translation>somnolencia: enderezarse o descansar</translation>
    </message>
    <message>
      <source>The thresholds would stay.</source>
      <translation>Los umbrales se mantendrían.</translation>
    </message>
    <message>
      <source>{moves} would have given {share}.</source>
      <translation>{moves} habría dado {share}.</translation>
    </message>
    <message>
      <source>Getting ready …</source>
      <translation>Preparando …</translation>
    </message>
    <message>
      <source>{why} {bed} is played instead.</source>
      <translation>{why} Suena {bed} en su lugar.</translation>
    </message>
    <message>
      <source>the system's sound library is missing (Debian: libpulse0, Fedora: pulseaudio-libs)</source>
      <translation>falta la biblioteca de sonido del sistema (Debian: libpulse0, Fedora: pulseaudio-libs)</translation>
    </message>
    <message>
      <source>the chosen sound device is not there</source>
      <translation>el dispositivo de sonido elegido no está</translation>
    </message>
    <message>
      <source>no sound device</source>
      <translation>sin dispositivo de sonido</translation>
    </message>
    <message>
      <source>{device} takes no sound</source>
      <translation>{device} no acepta sonido</translation>
    </message>
    <message>
      <source>{device} does not play 48 kHz stereo</source>
      <translation>{device} no reproduce estéreo a 48 kHz</translation>
    </message>
    <message>
      <source>The sound goes on through {device}.</source>
      <translation>El sonido continúa por {device}.</translation>
    </message>
    <message>
      <source>{device} was found: there is sound again.</source>
      <translation>Se encontró {device}: vuelve a haber sonido.</translation>
    </message>
    <message>
      <source>The sound device is gone: rewards are shown as a ring, and feedback goes on.</source>
      <translation>El dispositivo de sonido ya no está: las recompensas se muestran como un anillo y el feedback continúa.</translation>
    </message>
    <message>
      <source>{name}: there is no such file.</source>
      <translation>{name}: no existe ese archivo.</translation>
    </message>
    <message>
      <source>{name} cannot be played: no sound came out of it.</source>
      <translation>{name} no se puede reproducir: no produjo sonido.</translation>
    </message>
    <message>
      <source>{name} holds no sound.</source>
      <translation>{name} no contiene sonido.</translation>
    </message>
    <message>
      <source>{name} cannot be played: {why}.</source>
      <translation>{name} no se puede reproducir: {why}.</translation>
    </message>
    <message>
      <source>No sound bed</source>
      <translation>Sin fondo sonoro</translation>
    </message>
    <message>
      <source>Rain</source>
      <translation>Lluvia</translation>
    </message>
    <message>
      <source>Ocean</source>
      <translation>Océano</translation>
    </message>
    <message>
      <source>Stream</source>
      <translation>Arroyo</translation>
    </message>
    <message>
      <source>Drone pads</source>
      <translation>Fondo continuo</translation>
    </message>
    <message>
      <source>Own music</source>
      <translation>Música propia</translation>
    </message>
    <message>
      <source>Alpha-theta: stream and ocean, two bells</source>
      <translation>Alfa-theta: arroyo y océano, dos campanas</translation>
    </message>
    <message>
      <source>Singing bowl</source>
      <translation>Cuenco tibetano</translation>
    </message>
    <message>
      <source>Bell</source>
      <translation>Campana</translation>
    </message>
    <message>
      <source>Wood block</source>
      <translation>Caja china</translation>
    </message>
    <message>
      <source>Soft tone</source>
      <translation>Tono suave</translation>
    </message>
    <message>
      <source>No chime</source>
      <translation>Sin campanada</translation>
    </message>
    <message>
      <source>Press a key when you are ready.</source>
      <translation>Pulse una tecla cuando quiera empezar.</translation>
    </message>
    <message>
      <source>Just a moment.</source>
      <translation>Un momento, por favor.</translation>
    </message>
    <message>
      <source>We are checking the signal.</source>
      <translation>Estamos comprobando la señal.</translation>
    </message>
    <message>
      <source>Close your eyes and rest.</source>
      <translation>Cierre los ojos y descanse.</translation>
    </message>
    <message>
      <source>Look ahead and rest.</source>
      <translation>Mire al frente y descanse.</translation>
    </message>
    <message>
      <source>Take a breath. Press a key when you are ready.</source>
      <translation>Respire con calma. Pulse una tecla cuando quiera empezar.</translation>
    </message>
    <message>
      <source>Take a breath.</source>
      <translation>Respire con calma.</translation>
    </message>
    <message>
      <source>nfb client view</source>
      <translation>nfb vista del cliente</translation>
    </message>
    <message>
      <source>What is shown</source>
      <translation>Qué se muestra</translation>
    </message>
    <message>
      <source>Export …</source>
      <translation>Exportar …</translation>
    </message>
    <message>
      <source>Audit trail</source>
      <translation>Registro de auditoría</translation>
    </message>
    <message>
      <source>Everything</source>
      <translation>Todo</translation>
    </message>
    <message>
      <source>When</source>
      <translation>Cuándo</translation>
    </message>
    <message>
      <source>Who</source>
      <translation>Quién</translation>
    </message>
    <message>
      <source>What was done</source>
      <translation>Qué se hizo</translation>
    </message>
    <message>
      <source>To what</source>
      <translation>Sobre qué</translation>
    </message>
    <message>
      <source>Reason</source>
      <translation>Motivo</translation>
    </message>
    <message>
      <source>What changed</source>
      <translation>Qué cambió</translation>
    </message>
    <message>
      <source>one entry</source>
      <translation>una entrada</translation>
    </message>
    <message>
      <source>{n} entries</source>
      <translation>{n} entradas</translation>
    </message>
    <message>
      <source>erased</source>
      <translation>borrado</translation>
    </message>
    <message>
      <source>Export the audit trail</source>
      <translation>Exportar el registro de auditoría</translation>
    </message>
    <message>
      <source>Written: {path}</source>
      <translation>Escrito: {path}</translation>
    </message>
    <message>
      <source>added</source>
      <translation>añadido</translation>
    </message>
    <message>
      <source>changed</source>
      <translation>cambiada</translation>
    </message>
    <message>
      <source>removed</source>
      <translation>quitado</translation>
    </message>
    <message>
      <source>moved to another client</source>
      <translation>movido a otro cliente</translation>
    </message>
    <message>
      <source>noted</source>
      <translation>anotado</translation>
    </message>
    <message>
      <source>exported</source>
      <translation>exportado</translation>
    </message>
    <message>
      <source>Safety contact</source>
      <translation>Contacto de seguridad</translation>
    </message>
    <message>
      <source>Name and birth</source>
      <translation>Nombre y nacimiento</translation>
    </message>
    <message>
      <source>Consent</source>
      <translation>Consentimiento</translation>
    </message>
    <message>
      <source>Plan</source>
      <translation>Plan</translation>
    </message>
    <message>
      <source>Goal</source>
      <translation>Meta</translation>
    </message>
    <message>
      <source>Own item</source>
      <translation>Ítem propio</translation>
    </message>
    <message>
      <source>Rating</source>
      <translation>Valoración</translation>
    </message>
    <message>
      <source>Scale</source>
      <translation>Escala</translation>
    </message>
    <message>
      <source>Treatment</source>
      <translation>Tratamiento</translation>
    </message>
    <message>
      <source>Adverse effect</source>
      <translation>Efecto adverso</translation>
    </message>
    <message>
      <source>Session</source>
      <translation>Sesión</translation>
    </message>
    <message>
      <source>Note</source>
      <translation>Nota</translation>
    </message>
    <message>
      <source>Amendment</source>
      <translation>Enmienda</translation>
    </message>
    <message>
      <source>Intake screen</source>
      <translation>Cribado inicial</translation>
    </message>
    <message>
      <source>Acknowledgement</source>
      <translation>Acuse</translation>
    </message>
    <message>
      <source>Override</source>
      <translation>Excepción motivada</translation>
    </message>
    <message>
      <source>Appointment</source>
      <translation>Cita</translation>
    </message>
    <message>
      <source>Other</source>
      <translation>Otro</translation>
    </message>
    <message>
      <source>Name (optional)</source>
      <translation>Nombre (opcional)</translation>
    </message>
    <message>
      <source>stays in this client book</source>
      <translation>queda en este libro de clientes</translation>
    </message>
    <message>
      <source>Date of birth</source>
      <translation>Fecha de nacimiento</translation>
    </message>
    <message>
      <source>Contact</source>
      <translation>Contacto</translation>
    </message>
    <message>
      <source>Hand</source>
      <translation>Mano</translation>
    </message>
    <message>
      <source>Flags</source>
      <translation>Alertas</translation>
    </message>
    <message>
      <source>Remark on flags</source>
      <translation>Nota sobre alertas</translation>
    </message>
    <message>
      <source>Code</source>
      <translation>Código</translation>
    </message>
    <message>
      <source>letters and digits, such as A031; no name</source>
      <translation>letras y cifras, como A031; sin nombre</translation>
    </message>
    <message>
      <source>The code stands in file names, window titles and logs. The name is optional and stays in the client book.</source>
      <translation>El código aparece en nombres de archivo, títulos de ventana y logs. El nombre es opcional y queda en el libro de clientes.</translation>
    </message>
    <message>
      <source>New client</source>
      <translation>Nuevo cliente</translation>
    </message>
    <message>
      <source>Add client</source>
      <translation>Añadir cliente</translation>
    </message>
    <message>
      <source>Edit {client}</source>
      <translation>Editar {client}</translation>
    </message>
    <message>
      <source>training</source>
      <translation>entrenamiento</translation>
    </message>
    <message>
      <source>use in research</source>
      <translation>uso en investigación</translation>
    </message>
    <message>
      <source>sharing of recordings</source>
      <translation>compartir registros</translation>
    </message>
    <message>
      <source>Version of the text</source>
      <translation>Versión del texto</translation>
    </message>
    <message>
      <source>Given on</source>
      <translation>Otorgado el</translation>
    </message>
    <message>
      <source>Agreed to</source>
      <translation>Consiente en</translation>
    </message>
    <message>
      <source>Taken by</source>
      <translation>Recogido por</translation>
    </message>
    <message>
      <source>Guardian, if under 18</source>
      <translation>Tutor, si es menor de 18</translation>
    </message>
    <message>
      <source>Withdrawn on</source>
      <translation>Retirado el</translation>
    </message>
    <message>
      <source>not sure</source>
      <translation>no lo sé</translation>
    </message>
    <message>
      <source>A clinician allows training with</source>
      <translation>Un clínico permite entrenar con</translation>
    </message>
    <message>
      <source>An answer of “not sure” counts as a yes. Some conditions stop training, or leave it to a clinician; what was confirmed is kept with name and reason.</source>
      <translation>La respuesta «no lo sé» cuenta como un sí. Algunas condiciones impiden el entrenamiento o lo dejan en manos de un clínico; lo que se confirmó se guarda con nombre y motivo.</translation>
    </message>
    <message>
      <source>booked</source>
      <translation>reservada</translation>
    </message>
    <message>
      <source>done</source>
      <translation>hecha</translation>
    </message>
    <message>
      <source>cancelled</source>
      <translation>cancelada</translation>
    </message>
    <message>
      <source>missed</source>
      <translation>ausente</translation>
    </message>
    <message>
      <source>Day</source>
      <translation>Día</translation>
    </message>
    <message>
      <source>Begins at</source>
      <translation>Empieza a las</translation>
    </message>
    <message>
      <source>Minutes</source>
      <translation>Minutos</translation>
    </message>
    <message>
      <source>State</source>
      <translation>Estado</translation>
    </message>
    <message>
      <source>Responsible person</source>
      <translation>Persona responsable</translation>
    </message>
    <message>
      <source>Local crisis text</source>
      <translation>Texto local de crisis</translation>
    </message>
    <message>
      <source>Emergency numbers</source>
      <translation>Números de emergencia</translation>
    </message>
    <message>
      <source>Scales that ask about thoughts of death or self-harm are offered once a responsible person and the crisis text are set. The client sees both if such an item is answered above “not at all”.</source>
      <translation>Las escalas que preguntan por pensamientos de muerte o autolesión se ofrecen cuando hay una persona responsable y un texto de crisis. El cliente ve ambos si responde a un ítem así por encima de la respuesta más baja.</translation>
    </message>
    <message>
      <source>Safety contact of this practice</source>
      <translation>Contacto de seguridad de esta consulta</translation>
    </message>
    <message>
      <source>e.g. asked for it</source>
      <translation>p. ej., lo ha pedido</translation>
    </message>
    <message>
      <source>Type the code {code}</source>
      <translation>Escriba el código {code}</translation>
    </message>
    <message>
      <source>Everything about this client leaves the client book and its copies; that and when they were erased stays. Recordings are files and are not deleted. This cannot be undone.</source>
      <translation>Todo lo relativo a este cliente se elimina del libro de clientes y de sus copias; queda constancia de que se borró y cuándo. Los registros son archivos y no se borran. Esto no se puede deshacer.</translation>
    </message>
    <message>
      <source>The typed code is not {code}. Nothing was erased.</source>
      <translation>El código escrito no es {code}. No se ha borrado nada.</translation>
    </message>
    <message>
      <source>Erase {client}</source>
      <translation>Borrar {client}</translation>
    </message>
    <message>
      <source>Erase for good</source>
      <translation>Borrar del todo</translation>
    </message>
    <message>
      <source>Clients</source>
      <translation>Clientes</translation>
    </message>
    <message>
      <source>Start session</source>
      <translation>Iniciar sesión</translation>
    </message>
    <message>
      <source>Overview</source>
      <translation>Resumen</translation>
    </message>
    <message>
      <source>Sessions</source>
      <translation>Sesiones</translation>
    </message>
    <message>
      <source>Trends</source>
      <translation>Tendencias</translation>
    </message>
    <message>
      <source>Treatments</source>
      <translation>Tratamientos</translation>
    </message>
    <message>
      <source>Documents</source>
      <translation>Documentos</translation>
    </message>
    <message>
      <source>{n} year</source>
      <translation>{n} año</translation>
    </message>
    <message>
      <source>{n} years</source>
      <translation>{n} años</translation>
    </message>
    <message>
      <source>flags: {flags}</source>
      <translation>alertas: {flags}</translation>
    </message>
    <message>
      <source>flags: none</source>
      <translation>alertas: ninguna</translation>
    </message>
    <message>
      <source>last visit: {effects}</source>
      <translation>última visita: {effects}</translation>
    </message>
    <message>
      <source>Start session {n}</source>
      <translation>Iniciar sesión {n}</translation>
    </message>
    <message>
      <source>Acknowledge…</source>
      <translation>Atender…</translation>
    </message>
    <message>
      <source>In the client's words</source>
      <translation>En palabras del cliente</translation>
    </message>
    <message>
      <source>Set on</source>
      <translation>Fijado el</translation>
    </message>
    <message>
      <source>Reached on</source>
      <translation>Logrado el</translation>
    </message>
    <message>
      <source>more is worse</source>
      <translation>más es peor</translation>
    </message>
    <message>
      <source>more is better</source>
      <translation>más es mejor</translation>
    </message>
    <message>
      <source>rated at every visit</source>
      <translation>se valora en cada visita</translation>
    </message>
    <message>
      <source>resting</source>
      <translation>en pausa</translation>
    </message>
    <message>
      <source>Own symptom</source>
      <translation>Síntoma propio</translation>
    </message>
    <message>
      <source>Word for 0</source>
      <translation>Palabra para 0</translation>
    </message>
    <message>
      <source>Word for 10</source>
      <translation>Palabra para 10</translation>
    </message>
    <message>
      <source>Direction</source>
      <translation>Dirección</translation>
    </message>
    <message>
      <source>In a good week</source>
      <translation>En una buena semana</translation>
    </message>
    <message>
      <source>In a usual week</source>
      <translation>En una semana habitual</translation>
    </message>
    <message>
      <source>In a hard week</source>
      <translation>En una semana difícil</translation>
    </message>
    <message>
      <source>Use</source>
      <translation>Usar</translation>
    </message>
    <message>
      <source>Kind</source>
      <translation>Tipo</translation>
    </message>
    <message>
      <source>Name</source>
      <translation>Nombre</translation>
    </message>
    <message>
      <source>What happened</source>
      <translation>Qué pasó</translation>
    </message>
    <message>
      <source>At</source>
      <translation>Hora</translation>
    </message>
    <message>
      <source>Dose</source>
      <translation>Dosis</translation>
    </message>
    <message>
      <source>Source</source>
      <translation>Fuente</translation>
    </message>
    <message>
      <source>What goes on beside the training is written down, never advised on.</source>
      <translation>Lo que se hace aparte del entrenamiento se anota; nunca se aconseja sobre ello.</translation>
    </message>
    <message>
      <source>unlikely</source>
      <translation>improbable</translation>
    </message>
    <message>
      <source>possible</source>
      <translation>posible</translation>
    </message>
    <message>
      <source>likely</source>
      <translation>probable</translation>
    </message>
    <message>
      <source>after the session</source>
      <translation>tras la sesión</translation>
    </message>
    <message>
      <source>the day after</source>
      <translation>al día siguiente</translation>
    </message>
    <message>
      <source>before the session</source>
      <translation>antes de la sesión</translation>
    </message>
    <message>
      <source>at home</source>
      <translation>en casa</translation>
    </message>
    <message>
      <source>Severity</source>
      <translation>Intensidad</translation>
    </message>
    <message>
      <source>Visit</source>
      <translation>Visita</translation>
    </message>
    <message>
      <source>Related to the training</source>
      <translation>Relación con el entrenamiento</translation>
    </message>
    <message>
      <source>Written by</source>
      <translation>Escrito por</translation>
    </message>
    <message>
      <source>Signed by</source>
      <translation>Firmado por</translation>
    </message>
    <message>
      <source>Sign the note</source>
      <translation>Firmar la nota</translation>
    </message>
    <message>
      <source>Sign</source>
      <translation>Firmar</translation>
    </message>
    <message>
      <source>To add</source>
      <translation>Adenda</translation>
    </message>
    <message>
      <source>Add to a signed note</source>
      <translation>Añadir a una nota firmada</translation>
    </message>
    <message>
      <source>Name of the scale</source>
      <translation>Nombre de la escala</translation>
    </message>
    <message>
      <source>Total</source>
      <translation>Total</translation>
    </message>
    <message>
      <source>Answer to item {n}</source>
      <translation>Respuesta al ítem {n}</translation>
    </message>
    <message>
      <source>Filled in on</source>
      <translation>Rellenada el</translation>
    </message>
    <message>
      <source>Another scale</source>
      <translation>Otra escala</translation>
    </message>
    <message>
      <source>e.g. entered for the wrong client</source>
      <translation>p. ej., anotado en otro cliente por error</translation>
    </message>
    <message>
      <source>Say why the result is retracted.</source>
      <translation>Indique por qué se anula el resultado.</translation>
    </message>
    <message>
      <source>The result stays in the book and is no longer drawn. A safety banner that it raised stays too.</source>
      <translation>El resultado queda en el libro y ya no se dibuja. También queda el aviso de seguridad que haya generado.</translation>
    </message>
    <message>
      <source>Retract a result</source>
      <translation>Anular un resultado</translation>
    </message>
    <message>
      <source>Who dealt with it</source>
      <translation>Quién lo atendió</translation>
    </message>
    <message>
      <source>Acknowledge</source>
      <translation>Atender</translation>
    </message>
    <message>
      <source>{code} was erased from the client book.</source>
      <translation>{code} se ha borrado del libro de clientes.</translation>
    </message>
    <message>
      <source>Recordings are files and are still there: {folders}</source>
      <translation>Los registros son archivos y siguen ahí: {folders}</translation>
    </message>
    <message>
      <source>These copies could not be cleaned: {copies}</source>
      <translation>Estas copias no se pudieron limpiar: {copies}</translation>
    </message>
    <message>
      <source>Writing the report …</source>
      <translation>Escribiendo el informe …</translation>
    </message>
    <message>
      <source>Notes</source>
      <translation>Notas</translation>
    </message>
    <message>
      <source>Written</source>
      <translation>Escrita</translation>
    </message>
    <message>
      <source>No notes yet.</source>
      <translation>Aún no hay notas.</translation>
    </message>
    <message>
      <source>New note</source>
      <translation>Nueva nota</translation>
    </message>
    <message>
      <source>Open</source>
      <translation>Abrir</translation>
    </message>
    <message>
      <source>Scales</source>
      <translation>Escalas</translation>
    </message>
    <message>
      <source>Filled in</source>
      <translation>Rellenada</translation>
    </message>
    <message>
      <source>Reading by its authors</source>
      <translation>Lectura según sus autores</translation>
    </message>
    <message>
      <source>Remark</source>
      <translation>Nota</translation>
    </message>
    <message>
      <source>No scales yet.</source>
      <translation>Aún no hay escalas.</translation>
    </message>
    <message>
      <source>Retract</source>
      <translation>Anular</translation>
    </message>
    <message>
      <source>Fill in</source>
      <translation>Rellenar</translation>
    </message>
    <message>
      <source>Adverse effects</source>
      <translation>Efectos adversos</translation>
    </message>
    <message>
      <source>Reported</source>
      <translation>Comunicado</translation>
    </message>
    <message>
      <source>Effect</source>
      <translation>Efecto</translation>
    </message>
    <message>
      <source>No adverse effect reported.</source>
      <translation>Ningún efecto adverso comunicado.</translation>
    </message>
    <message>
      <source>Add</source>
      <translation>Añadir</translation>
    </message>
    <message>
      <source>Given</source>
      <translation>Otorgado</translation>
    </message>
    <message>
      <source>Text</source>
      <translation>Texto</translation>
    </message>
    <message>
      <source>Withdrawn</source>
      <translation>Retirado</translation>
    </message>
    <message>
      <source>No consent on record.</source>
      <translation>No consta consentimiento.</translation>
    </message>
    <message>
      <source>Change</source>
      <translation>Cambiar</translation>
    </message>
    <message>
      <source>Session note</source>
      <translation>Nota de sesión</translation>
    </message>
    <message>
      <source>Client page</source>
      <translation>Hoja del cliente</translation>
    </message>
    <message>
      <source>Course report</source>
      <translation>Informe del ciclo</translation>
    </message>
    <message>
      <source>CRED-nf sheet</source>
      <translation>Hoja CRED-nf</translation>
    </message>
    <message>
      <source>Needs one finished run.</source>
      <translation>Requiere un tramo terminado.</translation>
    </message>
    <message>
      <source>Erase client…</source>
      <translation>Borrar cliente…</translation>
    </message>
    <message>
      <source>Fill in a scale</source>
      <translation>Rellenar una escala</translation>
    </message>
    <message>
      <source>Reports</source>
      <translation>Informes</translation>
    </message>
    <message>
      <source>Everything about this client can be erased.</source>
      <translation>Se puede borrar todo lo relativo a este cliente.</translation>
    </message>
    <message>
      <source>signed by {who}</source>
      <translation>firmada por {who}</translation>
    </message>
    <message>
      <source>, added to</source>
      <translation>, ampliada</translation>
    </message>
    <message>
      <source>draft, unsigned</source>
      <translation>borrador, sin firmar</translation>
    </message>
    <message>
      <source>Another, by its total</source>
      <translation>Otra, por su total</translation>
    </message>
    <message>
      <source>PHQ-9 and other scales that ask about thoughts of death or self-harm are offered once a responsible person and a local crisis text are set.</source>
      <translation>PHQ-9 y otras escalas que preguntan por pensamientos de muerte o autolesión se ofrecen cuando hay una persona responsable y un texto local de crisis.</translation>
    </message>
    <message>
      <source>retracted: {why}</source>
      <translation>anulado: {why}</translation>
    </message>
    <message>
      <source>{n} answers estimated</source>
      <translation>{n} respuestas estimadas</translation>
    </message>
    <message>
      <source>no total</source>
      <translation>sin total</translation>
    </message>
    <message>
      <source>YYYY-MM-DD</source>
      <translation>AAAA-MM-DD</translation>
    </message>
    <message>
      <source>{field} = {text}: write a day as year-month-day, e.g. 2026-11-21.</source>
      <translation>{field} = {text}: escriba el día como año-mes-día, p. ej., 2026-11-21.</translation>
    </message>
    <message>
      <source>HH:MM</source>
      <translation>HH:MM</translation>
    </message>
    <message>
      <source>{field} = {text}: write a time as hours:minutes, e.g. 14:30.</source>
      <translation>{field} = {text}: escriba la hora como horas:minutos, p. ej., 14:30.</translation>
    </message>
    <message>
      <source>a whole number</source>
      <translation>un número entero</translation>
    </message>
    <message>
      <source>a number</source>
      <translation>un número</translation>
    </message>
    <message>
      <source>{field} = {text}: must be {kind} from {low:g} to {high:g}.</source>
      <translation>{field} = {text}: debe ser {kind} de {low:g} a {high:g}.</translation>
    </message>
    <message>
      <source>Intake: “{question}” needs a clinician's confirmation.</source>
      <translation>Cribado: «{question}» necesita la confirmación de un clínico.</translation>
    </message>
    <message>
      <source>Intake: one question is not answered yet.</source>
      <translation>Cribado: falta responder una pregunta.</translation>
    </message>
    <message>
      <source>Intake: {n} questions are not answered yet.</source>
      <translation>Cribado: faltan {n} preguntas por responder.</translation>
    </message>
    <message>
      <source>No consent to training on record.</source>
      <translation>No consta consentimiento para el entrenamiento.</translation>
    </message>
    <message>
      <source>Consent to training given {day}, text {version}.</source>
      <translation>Consentimiento para el entrenamiento otorgado el {day}, texto {version}.</translation>
    </message>
    <message>
      <source>Learning over sessions: too few (n = {n}, at least {fewest}).</source>
      <translation>Aprendizaje a lo largo de las sesiones: muy pocas (n = {n}, al menos {fewest}).</translation>
    </message>
    <message>
      <source>Learning over sessions: cannot be told from these figures.</source>
      <translation>Aprendizaje a lo largo de las sesiones: estas cifras no permiten decirlo.</translation>
    </message>
    <message>
      <source>Clean time above the first session's 70th percentile: {slope:+.1f} points per session, 95 % interval {low:+.1f} to {high:+.1f}, n = {n}. It cannot be told apart from expectancy, time or other treatment.</source>
      <translation>Tiempo limpio por encima del percentil 70 de la primera sesión: {slope:+.1f} puntos por sesión, intervalo del 95 % de {low:+.1f} a {high:+.1f}, n = {n}. No se puede distinguir de la expectativa, del paso del tiempo ni de otro tratamiento.</translation>
    </message>
    <message>
      <source>No file</source>
      <translation>Sin archivo</translation>
    </message>
    <message>
      <source>Choose …</source>
      <translation>Elegir …</translation>
    </message>
    <message>
      <source>Film</source>
      <translation>Película</translation>
    </message>
    <message>
      <source>Films (*.mp4 *.mkv *.mov *.avi *.webm *.m4v *.mpg);;All files (*)</source>
      <translation>Películas (*.mp4 *.mkv *.mov *.avi *.webm *.m4v *.mpg);;Todos los archivos (*)</translation>
    </message>
    <message>
      <source>Music</source>
      <translation>Música</translation>
    </message>
    <message>
      <source>Music (*.mp3 *.flac *.ogg *.opus *.m4a *.wav *.aac);;All files (*)</source>
      <translation>Música (*.mp3 *.flac *.ogg *.opus *.m4a *.wav *.aac);;Todos los archivos (*)</translation>
    </message>
    <message>
      <source>Save</source>
      <translation>Guardar</translation>
    </message>
    <message>
      <source>Ctrl+Enter</source>
      <translation>Ctrl+Enter</translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>Cancelar</translation>
    </message>
    <message>
      <source>Esc</source>
      <translation>Esc</translation>
    </message>
    <message>
      <source>Keep theirs</source>
      <translation>Dejar lo suyo</translation>
    </message>
    <message>
      <source>Write mine</source>
      <translation>Poner lo mío</translation>
    </message>
    <message>
      <source>Not saved yet. Save it, or discard what you typed.</source>
      <translation>Aún no se ha guardado. Guárdelo o descarte lo escrito.</translation>
    </message>
    <message>
      <source>Discard</source>
      <translation>Descartar</translation>
    </message>
    <message>
      <source>{field}: theirs {theirs}, yours {mine}</source>
      <translation>{field}: otro puesto {theirs}, usted {mine}</translation>
    </message>
    <message>
      <source>Another desk removed this while the form was open.</source>
      <translation>Otro puesto eliminó esto mientras el formulario estaba abierto.</translation>
    </message>
    <message>
      <source>Another desk changed this while the form was open. Nothing was overwritten.</source>
      <translation>Otro puesto cambió esto mientras el formulario estaba abierto. No se ha sobrescrito nada.</translation>
    </message>
    <message>
      <source>Signed by {who}.</source>
      <translation>Firmado por {who}.</translation>
    </message>
    <message>
      <source>lower is easier</source>
      <translation>más bajo es más fácil</translation>
    </message>
    <message>
      <source>Start session of {client}</source>
      <translation>Iniciar sesión de {client}</translation>
    </message>
    <message>
      <source>Open {client}</source>
      <translation>Abrir {client}</translation>
    </message>
    <message>
      <source>Search (Ctrl+K)</source>
      <translation>Buscar (Ctrl+K)</translation>
    </message>
    <message>
      <source>Search clients by name or code</source>
      <translation>Buscar clientes por nombre o código</translation>
    </message>
    <message>
      <source>Try it: synthetic headset</source>
      <translation>Probar: diadema simulada</translation>
    </message>
    <message>
      <source>All clients</source>
      <translation>Todos los clientes</translation>
    </message>
    <message>
      <source>Clear the search</source>
      <translation>Borrar la búsqueda</translation>
    </message>
    <message>
      <source>Add your first client</source>
      <translation>Añadir el primer cliente</translation>
    </message>
    <message>
      <source>No clients yet. Try it with the synthetic headset, or add your first client. Nothing leaves this computer.</source>
      <translation>Aún no hay clientes. Pruebe con la diadema simulada o añada su primer cliente. Nada sale de este ordenador.</translation>
    </message>
    <message>
      <source>dddd d MMMM</source>
      <translation>dddd, d 'de' MMMM</translation>
    </message>
    <message>
      <source>One note waits for a signature.</source>
      <translation>Una nota espera firma.</translation>
    </message>
    <message>
      <source>{n} notes wait for a signature.</source>
      <translation>{n} notas esperan firma.</translation>
    </message>
    <message>
      <source>Today</source>
      <translation>Hoy</translation>
    </message>
    <message>
      <source>No appointments today. Seen last:</source>
      <translation>Hoy no hay citas. Vistos por última vez:</translation>
    </message>
    <message>
      <source>No appointments today.</source>
      <translation>Hoy no hay citas.</translation>
    </message>
    <message>
      <source>Today; later: {clients}</source>
      <translation>Hoy; más tarde: {clients}</translation>
    </message>
    <message>
      <source>Last visit</source>
      <translation>Última visita</translation>
    </message>
    <message>
      <source>To do</source>
      <translation>Pendiente</translation>
    </message>
    <message>
      <source>No client matches “{text}”.</source>
      <translation>Ningún cliente coincide con «{text}».</translation>
    </message>
    <message>
      <source>⚠ acknowledge</source>
      <translation>⚠ atender</translation>
    </message>
    <message>
      <source>✎ note unsigned</source>
      <translation>✎ nota sin firmar</translation>
    </message>
    <message>
      <source>{done} of {planned}</source>
      <translation>{done} de {planned}</translation>
    </message>
    <message>
      <source>This window was opened without a client book.</source>
      <translation>Esta ventana se abrió sin libro de clientes.</translation>
    </message>
    <message>
      <source>Use a starter plan</source>
      <translation>Usar un plan inicial</translation>
    </message>
    <message>
      <source>Edit client</source>
      <translation>Editar cliente</translation>
    </message>
    <message>
      <source>Goals</source>
      <translation>Metas</translation>
    </message>
    <message>
      <source>Last note</source>
      <translation>Última nota</translation>
    </message>
    <message>
      <source>Latest values</source>
      <translation>Últimos valores</translation>
    </message>
    <message>
      <source>Since the last visit</source>
      <translation>Desde la última visita</translation>
    </message>
    <message>
      <source>No goals yet.</source>
      <translation>Aún no hay metas.</translation>
    </message>
    <message>
      <source>signed</source>
      <translation>firmada</translation>
    </message>
    <message>
      <source>not signed yet</source>
      <translation>sin firmar</translation>
    </message>
    <message>
      <source>{level:.1f} before</source>
      <translation>antes {level:.1f}</translation>
    </message>
    <message>
      <source>Intake screen complete.</source>
      <translation>Cribado inicial completo.</translation>
    </message>
    <message>
      <source>Intake screen: {n} open.</source>
      <translation>Cribado inicial: {n} pendientes.</translation>
    </message>
    <message>
      <source>This page is not part of this installation.</source>
      <translation>Esta página no forma parte de esta instalación.</translation>
    </message>
    <message>
      <source>{protocol} (no longer on the shelf)</source>
      <translation>{protocol} (ya no está en la biblioteca)</translation>
    </message>
    <message>
      <source>Comfort profile</source>
      <translation>Perfil de confort</translation>
    </message>
    <message>
      <source>Runs</source>
      <translation>Tramos</translation>
    </message>
    <message>
      <source>Minutes of a run</source>
      <translation>Minutos por tramo</translation>
    </message>
    <message>
      <source>Break, seconds</source>
      <translation>Descanso, segundos</translation>
    </message>
    <message>
      <source>Breaks</source>
      <translation>Descansos</translation>
    </message>
    <message>
      <source>the client may end them</source>
      <translation>el cliente puede acabarlos</translation>
    </message>
    <message>
      <source>Target, % in range</source>
      <translation>Objetivo, % en rango</translation>
    </message>
    <message>
      <source>Feedback</source>
      <translation>Feedback</translation>
    </message>
    <message>
      <source>Film feedback</source>
      <translation>Feedback de película</translation>
    </message>
    <message>
      <source>also out of focus</source>
      <translation>también desenfocada</translation>
    </message>
    <message>
      <source>Sound</source>
      <translation>Sonido</translation>
    </message>
    <message>
      <source>Chime</source>
      <translation>Campanada</translation>
    </message>
    <message>
      <source>Volume, %</source>
      <translation>Volumen, %</translation>
    </message>
    <message>
      <source>Planned visits</source>
      <translation>Visitas previstas</translation>
    </message>
    <message>
      <source>Review after visit (0: none)</source>
      <translation>Revisión tras la visita (0: ninguna)</translation>
    </message>
    <message>
      <source>There is no protocol to choose. Put one into the protocols folder.</source>
      <translation>No hay ningún protocolo para elegir. Ponga uno en la carpeta de protocolos.</translation>
    </message>
    <message>
      <source>Photosafe feedback is forced by the intake screen or a flag.</source>
      <translation>El cribado inicial o una alerta exigen feedback fotoseguro.</translation>
    </message>
    <message>
      <source>Protocols that the intake screen locks are left out.</source>
      <translation>No se muestran los protocolos que bloquea el cribado inicial.</translation>
    </message>
    <message>
      <source>Edit plan</source>
      <translation>Editar plan</translation>
    </message>
    <message>
      <source>Own symptoms</source>
      <translation>Síntomas propios</translation>
    </message>
    <message>
      <source>Symptom</source>
      <translation>Síntoma</translation>
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
      <translation>Semanas previas</translation>
    </message>
    <message>
      <source>No own symptoms yet: 5 to 8 show changes best.</source>
      <translation>Aún no hay síntomas propios: de 5 a 8 muestran mejor los cambios.</translation>
    </message>
    <message>
      <source>Appointments</source>
      <translation>Citas</translation>
    </message>
    <message>
      <source>Begins</source>
      <translation>Empieza</translation>
    </message>
    <message>
      <source>No appointments.</source>
      <translation>No hay citas.</translation>
    </message>
    <message>
      <source>every visit</source>
      <translation>cada visita</translation>
    </message>
    <message>
      <source>Recordings</source>
      <translation>Registros</translation>
    </message>
    <message>
      <source>Protocols</source>
      <translation>Protocolos</translation>
    </message>
    <message>
      <source>Settings</source>
      <translation>Ajustes</translation>
    </message>
    <message>
      <source>Main navigation</source>
      <translation>Navegación principal</translation>
    </message>
    <message>
      <source>course</source>
      <translation>ciclo</translation>
    </message>
    <message>
      <source>session {n}</source>
      <translation>sesión {n}</translation>
    </message>
    <message>
      <source>Identical: {hops} hops and {events} events came out again to the last bit.</source>
      <translation>Idéntico: {hops} pasos y {events} eventos salieron de nuevo iguales hasta el último bit.</translation>
    </message>
    <message>
      <source>Not identical: {difference}</source>
      <translation>No es idéntico: {difference}</translation>
    </message>
    <message>
      <source>Submit</source>
      <translation>Enviar</translation>
    </message>
    <message>
      <source>Not submitted yet. Submit it, or cancel.</source>
      <translation>Aún no se ha enviado. Envíelo o cancele.</translation>
    </message>
    <message>
      <source>Item {items} is not answered. Answer it, or submit again to leave it out.</source>
      <translation>El ítem {items} está sin responder. Respóndalo o envíe de nuevo para omitirlo.</translation>
    </message>
    <message>
      <source>Items {items} are not answered. Answer them, or submit again to leave them out.</source>
      <translation>Los ítems {items} están sin responder. Respóndalos o envíe de nuevo para omitirlos.</translation>
    </message>
    <message>
      <source>Contact here: {person}</source>
      <translation>Contacto aquí: {person}</translation>
    </message>
    <message>
      <source>Please read on … {n:.0f}</source>
      <translation>Siga leyendo, por favor … {n:.0f}</translation>
    </message>
    <message>
      <source>Close</source>
      <translation>Cerrar</translation>
    </message>
    <message>
      <source>Status</source>
      <translation>Estado</translation>
    </message>
    <message>
      <source>Keys</source>
      <translation>Teclas</translation>
    </message>
    <message>
      <source>Theme</source>
      <translation>Tema</translation>
    </message>
    <message>
      <source>Dark or light</source>
      <translation>Oscuro o claro</translation>
    </message>
    <message>
      <source>Connecting: {name}</source>
      <translation>Conectando: {name}</translation>
    </message>
    <message>
      <source>No headset connected</source>
      <translation>Ninguna diadema conectada</translation>
    </message>
    <message>
      <source>Recording off · room on the disk not known</source>
      <translation>Sin grabar · no se conoce el espacio en disco</translation>
    </message>
    <message>
      <source>⚠ Recording off · {n:.0f} h free: make room</source>
      <translation>⚠ Sin grabar · {n:.0f} h libres: haga sitio</translation>
    </message>
    <message>
      <source>Recording off · {hours} h free</source>
      <translation>Sin grabar · {hours} h libres</translation>
    </message>
    <message>
      <source>♪ no sound</source>
      <translation>♪ sin sonido</translation>
    </message>
    <message>
      <source>Date</source>
      <translation>Fecha</translation>
    </message>
    <message>
      <source>Trained</source>
      <translation>Entrenado</translation>
    </message>
    <message>
      <source>In range</source>
      <translation>En rango</translation>
    </message>
    <message>
      <source>Clean</source>
      <translation>Limpio</translation>
    </message>
    <message>
      <source>Nothing recorded yet.</source>
      <translation>Aún no hay nada grabado.</translation>
    </message>
    <message>
      <source>Replay</source>
      <translation>Reproducir</translation>
    </message>
    <message>
      <source>Report</source>
      <translation>Informe</translation>
    </message>
    <message>
      <source>Open folder</source>
      <translation>Abrir carpeta</translation>
    </message>
    <message>
      <source>Range</source>
      <translation>Periodo</translation>
    </message>
    <message>
      <source>Nothing in this range.</source>
      <translation>Nada en este periodo.</translation>
    </message>
    <message>
      <source>All</source>
      <translation>Todo</translation>
    </message>
    <message>
      <source>Last {n} visits</source>
      <translation>Últimas {n} visitas</translation>
    </message>
    <message>
      <source>{n} months</source>
      <translation>{n} meses</translation>
    </message>
    <message>
      <source>This course</source>
      <translation>Este curso</translation>
    </message>
    <message>
      <source>Add treatment</source>
      <translation>Añadir tratamiento</translation>
    </message>
    <message>
      <source>What</source>
      <translation>Qué</translation>
    </message>
    <message>
      <source>Nothing logged.</source>
      <translation>Nada anotado.</translation>
    </message>
    <message>
      <source>Change dose</source>
      <translation>Cambiar dosis</translation>
    </message>
    <message>
      <source>Stop</source>
      <translation>Suspender</translation>
    </message>
    <message>
      <source>Given today</source>
      <translation>Dado hoy</translation>
    </message>
    <message>
      <source>Correct</source>
      <translation>Corregir</translation>
    </message>
    <message>
      <source>{name}: {n} values</source>
      <translation>{name}: {n} valores</translation>
    </message>
    <message>
      <source>one treatment</source>
      <translation>un tratamiento</translation>
    </message>
    <message>
      <source>{n} treatments</source>
      <translation>{n} tratamientos</translation>
    </message>
    <message>
      <source>Trends. {what}</source>
      <translation>Tendencias. {what}</translation>
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
      <translation> · muy pocos</translation>
    </message>
    <message>
      <source>{n} · dashed: {level:.1f} before</source>
      <translation>{n} · discontinua: antes {level:.1f}</translation>
    </message>
    <message>
      <source>{flags} and {n} more</source>
      <translation>{flags} y {n} más</translation>
    </message>
    <message>
      <source>No plan yet</source>
      <translation>Aún sin plan</translation>
    </message>
    <message>
      <source>{done} of {planned} · {protocol}</source>
      <translation>{done} de {planned} · {protocol}</translation>
    </message>
    <message>
      <source>{done} done · {protocol}</source>
      <translation>{done} hechas · {protocol}</translation>
    </message>
    <message>
      <source>No plan.</source>
      <translation>Sin plan.</translation>
    </message>
    <message>
      <source>{protocol}, version {version}</source>
      <translation>{protocol}, versión {version}</translation>
    </message>
    <message>
      <source>target, runs and feedback by the protocol</source>
      <translation>objetivo, tramos y feedback según el protocolo</translation>
    </message>
    <message>
      <source>{runs} × {minutes:g} min</source>
      <translation>{runs} × {minutes:g} min</translation>
    </message>
    <message>
      <source>breaks {rest:g} s</source>
      <translation>descansos {rest:g} s</translation>
    </message>
    <message>
      <source>, the client may end them</source>
      <translation>, el cliente puede acabarlos</translation>
    </message>
    <message>
      <source>target {target:.0f} %</source>
      <translation>objetivo {target:.0f} %</translation>
    </message>
    <message>
      <source>comfort: {profile}</source>
      <translation>confort: {profile}</translation>
    </message>
    <message>
      <source>feedback: {feedback}</source>
      <translation>feedback: {feedback}</translation>
    </message>
    <message>
      <source>sound: {sound}, {volume:.0f} %</source>
      <translation>sonido: {sound}, {volume:.0f} %</translation>
    </message>
    <message>
      <source>review after visit {n}</source>
      <translation>revisión tras la visita {n}</translation>
    </message>
    <message>
      <source>start</source>
      <translation>inicio</translation>
    </message>
    <message>
      <source>change</source>
      <translation>cambio</translation>
    </message>
    <message>
      <source>stop</source>
      <translation>fin</translation>
    </message>
    <message>
      <source>given once</source>
      <translation>dado una vez</translation>
    </message>
    <message>
      <source>client</source>
      <translation>cliente</translation>
    </message>
    <message>
      <source>prescriber</source>
      <translation>prescriptor</translation>
    </message>
    <message>
      <source>record</source>
      <translation>expediente</translation>
    </message>
    <message>
      <source>right-handed</source>
      <translation>diestro/a</translation>
    </message>
    <message>
      <source>left-handed</source>
      <translation>zurdo/a</translation>
    </message>
    <message>
      <source>both-handed</source>
      <translation>ambidiestro/a</translation>
    </message>
    <message>
      <source>seizures or epilepsy</source>
      <translation>crisis epilépticas o epilepsia</translation>
    </message>
    <message>
      <source>loss of consciousness</source>
      <translation>pérdida de conciencia</translation>
    </message>
    <message>
      <source>sensitivity to flicker</source>
      <translation>sensibilidad al parpadeo de luz</translation>
    </message>
    <message>
      <source>stimulator or pacemaker</source>
      <translation>estimulador o marcapasos</translation>
    </message>
    <message>
      <source>loss of touch with reality</source>
      <translation>pérdida de contacto con la realidad</translation>
    </message>
    <message>
      <source>mania or bipolar disorder</source>
      <translation>manía o trastorno bipolar</translation>
    </message>
    <message>
      <source>dissociation or trauma</source>
      <translation>disociación o trauma</translation>
    </message>
    <message>
      <source>head or brain injury</source>
      <translation>lesión craneal o cerebral</translation>
    </message>
    <message>
      <source>neurological condition</source>
      <translation>afección neurológica</translation>
    </message>
    <message>
      <source>pregnancy</source>
      <translation>embarazo</translation>
    </message>
    <message>
      <source>thoughts of death or self-harm</source>
      <translation>pensamientos de muerte o autolesión</translation>
    </message>
    <message>
      <source>under 18</source>
      <translation>menor de 18</translation>
    </message>
    <message>
      <source>A film of the client's own, or another window, may flash by itself: watch it before, or leave it out.</source>
      <translation>Una película propia del cliente, u otra ventana, puede tener destellos: véala antes o no la use.</translation>
    </message>
    <message>
      <source>About</source>
      <translation>Acerca de</translation>
    </message>
    <message>
      <source>Names describe the signal, not a disease: what is known stands under Evidence.</source>
      <translation>Los nombres describen la señal, no una enfermedad: lo que se sabe figura en Evidencia.</translation>
    </message>
    <message>
      <source>SMR at C3 and C4, up</source>
      <translation>SMR en C3 y C4, subir</translation>
    </message>
    <message>
      <source>Short name for files and commands</source>
      <translation>Nombre corto para archivos y comandos</translation>
    </message>
    <message>
      <source>Version</source>
      <translation>Versión</translation>
    </message>
    <message>
      <source>Purpose, in plain words</source>
      <translation>Propósito, en palabras sencillas</translation>
    </message>
    <message>
      <source>Cautions, one a line</source>
      <translation>Precauciones, una por línea</translation>
    </message>
    <message>
      <source>Sessions of a course</source>
      <translation>Sesiones de un ciclo</translation>
    </message>
    <message>
      <source>Sessions a week</source>
      <translation>Sesiones por semana</translation>
    </message>
    <message>
      <source>Evidence</source>
      <translation>Evidencia</translation>
    </message>
    <message>
      <source>What studies found and what they did not; trials that found nothing belong here too.</source>
      <translation>Qué hallaron los estudios y qué no; aquí van también los ensayos que no hallaron nada.</translation>
    </message>
    <message>
      <source>In a few words</source>
      <translation>En pocas palabras</translation>
    </message>
    <message>
      <source>controlled, small</source>
      <translation>controlados, pequeños</translation>
    </message>
    <message>
      <source>What was found</source>
      <translation>Qué se halló</translation>
    </message>
    <message>
      <source>What is not known</source>
      <translation>Qué no se sabe</translation>
    </message>
    <message>
      <source>References</source>
      <translation>Referencias</translation>
    </message>
    <message>
      <source>Remove</source>
      <translation>Quitar</translation>
    </message>
    <message>
      <source>Author A (2020) Journal 1:2</source>
      <translation>Autor A (2020) Revista 1:2</translation>
    </message>
    <message>
      <source>DOI</source>
      <translation>DOI</translation>
    </message>
    <message>
      <source>Add a reference</source>
      <translation>Añadir una referencia</translation>
    </message>
    <message>
      <source>Compare with</source>
      <translation>Comparar con</translation>
    </message>
    <message>
      <source>It can be compared once all its problems are solved.</source>
      <translation>Se podrá comparar cuando todos sus problemas estén resueltos.</translation>
    </message>
    <message>
      <source>One value differs.</source>
      <translation>Un valor difiere.</translation>
    </message>
    <message>
      <source>{n} values differ.</source>
      <translation>{n} valores difieren.</translation>
    </message>
    <message>
      <source>They mean the same.</source>
      <translation>Significan lo mismo.</translation>
    </message>
    <message>
      <source>This one</source>
      <translation>Este</translation>
    </message>
    <message>
      <source>In one sentence</source>
      <translation>En una frase</translation>
    </message>
    <message>
      <source>{name}, version {n}</source>
      <translation>{name}, versión {n}</translation>
    </message>
    <message>
      <source>Condition {name}</source>
      <translation>Condición {name}</translation>
    </message>
    <message>
      <source>short name</source>
      <translation>nombre corto</translation>
    </message>
    <message>
      <source>band, Hz</source>
      <translation>banda, Hz</translation>
    </message>
    <message>
      <source>band from the alpha peak, Hz</source>
      <translation>banda desde el pico alfa, Hz</translation>
    </message>
    <message>
      <source>share in, Hz</source>
      <translation>parte en, Hz</translation>
    </message>
    <message>
      <source>deviations</source>
      <translation>desviaciones</translation>
    </message>
    <message>
      <source>least number of sites</source>
      <translation>mínimo de posiciones</translation>
    </message>
    <message>
      <source>left sites</source>
      <translation>posiciones izq.</translation>
    </message>
    <message>
      <source>as usual</source>
      <translation>lo habitual</translation>
    </message>
    <message>
      <source>off</source>
      <translation>apagado</translation>
    </message>
    <message>
      <source>fixed value</source>
      <translation>valor fijo</translation>
    </message>
    <message>
      <source>baseline percentile</source>
      <translation>percentil de la línea base</translation>
    </message>
    <message>
      <source>baseline z</source>
      <translation>z de la línea base</translation>
    </message>
    <message>
      <source>rolling percentile (auto)</source>
      <translation>percentil móvil (auto)</translation>
    </message>
    <message>
      <source>staircase (auto)</source>
      <translation>escalera (auto)</translation>
    </message>
    <message>
      <source>personal course target</source>
      <translation>objetivo personal del ciclo</translation>
    </message>
    <message>
      <source>Conditions</source>
      <translation>Condiciones</translation>
    </message>
    <message>
      <source>All have to be met at once. An automatic rule keeps the score steady and so hides learning.</source>
      <translation>Todas deben cumplirse a la vez. Una regla automática mantiene estable la puntuación y así oculta el aprendizaje.</translation>
    </message>
    <message>
      <source>Add a condition</source>
      <translation>Añadir una condición</translation>
    </message>
    <message>
      <source>reward</source>
      <translation>recompensa</translation>
    </message>
    <message>
      <source>inhibit</source>
      <translation>inhibición</translation>
    </message>
    <message>
      <source>▲ above</source>
      <translation>▲ encima</translation>
    </message>
    <message>
      <source>▼ below</source>
      <translation>▼ debajo</translation>
    </message>
    <message>
      <source>Threshold from</source>
      <translation>Umbral según</translation>
    </message>
    <message>
      <source>{n}. Feature</source>
      <translation>{n}. Medida</translation>
    </message>
    <message>
      <source>Role</source>
      <translation>Papel</translation>
    </message>
    <message>
      <source>Has to be</source>
      <translation>Debe estar</translation>
    </message>
    <message>
      <source>Value</source>
      <translation>Valor</translation>
    </message>
    <message>
      <source>Deviations, k</source>
      <translation>Desviaciones, k</translation>
    </message>
    <message>
      <source>Target, %</source>
      <translation>Objetivo, %</translation>
    </message>
    <message>
      <source>Window, s</source>
      <translation>Ventana, s</translation>
    </message>
    <message>
      <source>Gain</source>
      <translation>Ganancia</translation>
    </message>
    <message>
      <source>Delay</source>
      <translation>Retardo</translation>
    </message>
    <message>
      <source>Cautions</source>
      <translation>Precauciones</translation>
    </message>
    <message>
      <source>Sites: {sites}</source>
      <translation>Posiciones: {sites}</translation>
    </message>
    <message>
      <source>This file cannot be used. Edit it: the text tab shows where.</source>
      <translation>Este archivo no se puede usar. Edítelo: la pestaña de texto muestra dónde.</translation>
    </message>
    <message>
      <source>Built in, version {n}. It cannot be changed; duplicate it to edit.</source>
      <translation>Incluido, versión {n}. No se puede cambiar; duplíquelo para editarlo.</translation>
    </message>
    <message>
      <source>Your own, version {n}, not used yet.</source>
      <translation>Propio, versión {n}, aún sin usar.</translation>
    </message>
    <message>
      <source>Your own, version {n}, used in a session: changes become a new version.</source>
      <translation>Propio, versión {n}, usado en una sesión: los cambios crean una versión nueva.</translation>
    </message>
    <message>
      <source>Your own, version {n}: the file was changed after a session had used it.</source>
      <translation>Propio, versión {n}: el archivo se cambió después de usarse en una sesión.</translation>
    </message>
    <message>
      <source>Eyes closed</source>
      <translation>Ojos cerrados</translation>
    </message>
    <message>
      <source>Eyes open</source>
      <translation>Ojos abiertos</translation>
    </message>
    <message>
      <source>{eyes}, baseline {baseline}, {n} × {run}</source>
      <translation>{eyes}, línea base {baseline}, {n} × {run}</translation>
    </message>
    <message>
      <source>, {n} a week</source>
      <translation>, {n} por semana</translation>
    </message>
    <message>
      <source>Course: {sessions}</source>
      <translation>Ciclo: {sessions}</translation>
    </message>
    <message>
      <source>amplitude, µV</source>
      <translation>amplitud, µV</translation>
    </message>
    <message>
      <source>power, µV²</source>
      <translation>potencia, µV²</translation>
    </message>
    <message>
      <source>share of a wider band</source>
      <translation>parte de una banda mayor</translation>
    </message>
    <message>
      <source>ratio of two features</source>
      <translation>cociente de dos medidas</translation>
    </message>
    <message>
      <source>asymmetry</source>
      <translation>asimetría</translation>
    </message>
    <message>
      <source>coherence</source>
      <translation>coherencia</translation>
    </message>
    <message>
      <source>imaginary coherence</source>
      <translation>coherencia imaginaria</translation>
    </message>
    <message>
      <source>phase locking</source>
      <translation>sincronía de fase</translation>
    </message>
    <message>
      <source>What is measured</source>
      <translation>Qué se mide</translation>
    </message>
    <message>
      <source>A feature is one number, computed some fifty times a second: mean over its sites of a band.</source>
      <translation>Una medida es un número, calculado unas cincuenta veces por segundo: la media de una banda en sus posiciones.</translation>
    </message>
    <message>
      <source>Add a feature</source>
      <translation>Añadir una medida</translation>
    </message>
    <message>
      <source>Smoothing, s</source>
      <translation>Suavizado, s</translation>
    </message>
    <message>
      <source>This feature …</source>
      <translation>Esta medida …</translation>
    </message>
    <message>
      <source>… divided by this one</source>
      <translation>… dividida por esta</translation>
    </message>
    <message>
      <source>As a logarithm</source>
      <translation>Como logaritmo</translation>
    </message>
    <message>
      <source>Band, Hz</source>
      <translation>Banda, Hz</translation>
    </message>
    <message>
      <source>Or from the alpha peak, Hz</source>
      <translation>O desde el pico alfa, Hz</translation>
    </message>
    <message>
      <source>Sites, if not all of them</source>
      <translation>Posiciones, si no son todas</translation>
    </message>
    <message>
      <source>Right sites</source>
      <translation>Posiciones der.</translation>
    </message>
    <message>
      <source>The two sites, if there are more</source>
      <translation>Las dos posiciones, si hay más</translation>
    </message>
    <message>
      <source>Left sites</source>
      <translation>Posiciones izq.</translation>
    </message>
    <message>
      <source>Share in, Hz</source>
      <translation>Parte en, Hz</translation>
    </message>
    <message>
      <source>Delay, s</source>
      <translation>Retardo, s</translation>
    </message>
    <message>
      <source>by the band</source>
      <translation>según la banda</translation>
    </message>
    <message>
      <source>Estimator</source>
      <translation>Estimador</translation>
    </message>
    <message>
      <source>Filter length, s</source>
      <translation>Longitud del filtro, s</translation>
    </message>
    <message>
      <source>Slow: power over a second</source>
      <translation>Lenta: potencia en un segundo</translation>
    </message>
    <message>
      <source>none</source>
      <translation>ninguno</translation>
    </message>
    <message>
      <source>Sites chosen: {sites}.</source>
      <translation>Posiciones elegidas: {sites}.</translation>
    </message>
    <message>
      <source>{site}: chosen</source>
      <translation>{site}: elegida</translation>
    </message>
    <message>
      <source>{site}: reference</source>
      <translation>{site}: referencia</translation>
    </message>
    <message>
      <source>Search protocols, bands, sites</source>
      <translation>Buscar protocolos, bandas, posiciones</translation>
    </message>
    <message>
      <source>No match</source>
      <translation>Sin coincidencias</translation>
    </message>
    <message>
      <source>Duplicate nearest</source>
      <translation>Duplicar el más próximo</translation>
    </message>
    <message>
      <source>No headset chosen</source>
      <translation>Ninguna diadema elegida</translation>
    </message>
    <message>
      <source>Back</source>
      <translation>Volver</translation>
    </message>
    <message>
      <source>Words</source>
      <translation>Términos</translation>
    </message>
    <message>
      <source>All terms, explained</source>
      <translation>Todos los términos, explicados</translation>
    </message>
    <message>
      <source>New</source>
      <translation>Nuevo</translation>
    </message>
    <message>
      <source>Begin a protocol from nothing</source>
      <translation>Empezar un protocolo desde cero</translation>
    </message>
    <message>
      <source>Import</source>
      <translation>Importar</translation>
    </message>
    <message>
      <source>Take over a protocol file</source>
      <translation>Incorporar un archivo de protocolo</translation>
    </message>
    <message>
      <source>Go on with unsaved changes</source>
      <translation>Seguir con los cambios sin guardar</translation>
    </message>
    <message>
      <source>Duplicate to edit</source>
      <translation>Duplicar y editar</translation>
    </message>
    <message>
      <source>Edit</source>
      <translation>Editar</translation>
    </message>
    <message>
      <source>Compare</source>
      <translation>Comparar</translation>
    </message>
    <message>
      <source>Preview</source>
      <translation>Vista previa</translation>
    </message>
    <message>
      <source>Export</source>
      <translation>Exportar</translation>
    </message>
    <message>
      <source>Headset</source>
      <translation>Diadema</translation>
    </message>
    <message>
      <source>{file}
cannot be read</source>
      <translation>{file}
no se puede leer</translation>
    </message>
    <message>
      <source>own, version {n} · </source>
      <translation>propio, versión {n} · </translation>
    </message>
    <message>
      <source>Built-in ones cannot be changed</source>
      <translation>Los incluidos no se pueden cambiar</translation>
    </message>
    <message>
      <source>{file} cannot be read ({why}).</source>
      <translation>{file} no se puede leer ({why}).</translation>
    </message>
    <message>
      <source>{name} (copy)</source>
      <translation>{name} (copia)</translation>
    </message>
    <message>
      <source>Imported as {file}.</source>
      <translation>Importado como {file}.</translation>
    </message>
    <message>
      <source>A protocol file</source>
      <translation>Un archivo de protocolo</translation>
    </message>
    <message>
      <source>Export the protocol</source>
      <translation>Exportar el protocolo</translation>
    </message>
    <message>
      <source>Written to {file}.</source>
      <translation>Escrito en {file}.</translation>
    </message>
    <message>
      <source>Parts of the protocol</source>
      <translation>Partes del protocolo</translation>
    </message>
    <message>
      <source>Sites</source>
      <translation>Posiciones</translation>
    </message>
    <message>
      <source>Features</source>
      <translation>Medidas</translation>
    </message>
    <message>
      <source>Reward</source>
      <translation>Recompensa</translation>
    </message>
    <message>
      <source>Undo</source>
      <translation>Deshacer</translation>
    </message>
    <message>
      <source>Ctrl+Z</source>
      <translation>Ctrl+Z</translation>
    </message>
    <message>
      <source>Redo</source>
      <translation>Rehacer</translation>
    </message>
    <message>
      <source>Ctrl+Shift+Z</source>
      <translation>Ctrl+Shift+Z</translation>
    </message>
    <message>
      <source>Write this protocol as one file</source>
      <translation>Escribir este protocolo en un solo archivo</translation>
    </message>
    <message>
      <source>Save as new version</source>
      <translation>Guardar como versión nueva</translation>
    </message>
    <message>
      <source>Ctrl+S</source>
      <translation>Ctrl+S</translation>
    </message>
    <message>
      <source>New protocol</source>
      <translation>Nuevo protocolo</translation>
    </message>
    <message>
      <source>The sentence that says what is rewarded stands here once the problems are solved.</source>
      <translation>Aquí aparecerá la frase que dice qué se recompensa cuando los problemas estén resueltos.</translation>
    </message>
    <message>
      <source>The text cannot be read: {why}</source>
      <translation>El texto no se puede leer: {why}</translation>
    </message>
    <message>
      <source>Sessions have used version {n}, so it stays as it is. Changes are saved as a new version.</source>
      <translation>Hay sesiones que usaron la versión {n}, así que queda como está. Los cambios se guardan como versión nueva.</translation>
    </message>
    <message>
      <source>Saved as {file}.</source>
      <translation>Guardado como {file}.</translation>
    </message>
    <message>
      <source>Simulated client</source>
      <translation>Cliente simulado</translation>
    </message>
    <message>
      <source>Last recording</source>
      <translation>Último registro</translation>
    </message>
    <message>
      <source>A file …</source>
      <translation>Un archivo …</translation>
    </message>
    <message>
      <source>Run preview</source>
      <translation>Ver simulación</translation>
    </message>
    <message>
      <source>Preview on</source>
      <translation>Simular con</translation>
    </message>
    <message>
      <source>Nothing is recorded or changed.</source>
      <translation>No se graba ni se cambia nada.</translation>
    </message>
    <message>
      <source>It can be previewed once its problems are solved.</source>
      <translation>Se podrá simular cuando sus problemas estén resueltos.</translation>
    </message>
    <message>
      <source>Computing …</source>
      <translation>Calculando …</translation>
    </message>
    <message>
      <source>Cancelled.</source>
      <translation>Cancelado.</translation>
    </message>
    <message>
      <source>There is no recording yet. Record a session, or choose a file.</source>
      <translation>Aún no hay registros. Grabe una sesión o elija un archivo.</translation>
    </message>
    <message>
      <source>No file is chosen. Choose one.</source>
      <translation>No hay archivo elegido. Elija uno.</translation>
    </message>
    <message>
      <source>A recording</source>
      <translation>Un registro</translation>
    </message>
    <message>
      <source>No clean time after the baseline, so no reward can be expected. Try a longer one.</source>
      <translation>No hay tiempo limpio después de la línea base, así que no cabe esperar recompensas. Pruebe con uno más largo.</translation>
    </message>
    <message>
      <source>On {s:.0f} s of clean training.</source>
      <translation>Sobre {s:.0f} s de entrenamiento limpio.</translation>
    </message>
    <message>
      <source>Aim for 40 to 80 % in range: change a target.</source>
      <translation>Procure un 40 a 80 % en rango: cambie un objetivo.</translation>
    </message>
    <message>
      <source>In range, all conditions</source>
      <translation>En rango, todas las condiciones</translation>
    </message>
    <message>
      <source>Joint rate in the baseline</source>
      <translation>Tasa conjunta en la línea base</translation>
    </message>
    <message>
      <source>Tokens a minute</source>
      <translation>Fichas por minuto</translation>
    </message>
    <message>
      <source>Held by artefacts</source>
      <translation>En espera por artefactos</translation>
    </message>
    <message>
      <source>{s:.1f} s</source>
      <translation>{s:.1f} s</translation>
    </message>
    <message>
      <source>All conditions met without a break for the dwell time; then none for the refractory time.</source>
      <translation>Todas las condiciones cumplidas sin interrupción durante el tiempo de permanencia; después ninguna durante el tiempo refractario.</translation>
    </message>
    <message>
      <source>Dwell, s</source>
      <translation>Permanencia, s</translation>
    </message>
    <message>
      <source>Refractory time, s</source>
      <translation>Tiempo refractario, s</translation>
    </message>
    <message>
      <source>Must fall back before the next</source>
      <translation>Debe retroceder antes de la siguiente</translation>
    </message>
    <message>
      <source>By so many % of the threshold</source>
      <translation>En este % del umbral</translation>
    </message>
    <message>
      <source>Guards</source>
      <translation>Protecciones</translation>
    </message>
    <message>
      <source>While one of these limits is passed, nothing is rewarded. “off” switches it off.</source>
      <translation>Mientras se supere uno de estos límites, no se recompensa nada. «off» lo desactiva.</translation>
    </message>
    <message>
      <source>Movement, µV</source>
      <translation>Movimiento, µV</translation>
    </message>
    <message>
      <source>Jump, µV</source>
      <translation>Salto, µV</translation>
    </message>
    <message>
      <source>Blink, µV</source>
      <translation>Parpadeo, µV</translation>
    </message>
    <message>
      <source>Muscle, µV</source>
      <translation>Músculo, µV</translation>
    </message>
    <message>
      <source>Head movement, g</source>
      <translation>Mov. de cabeza, g</translation>
    </message>
    <message>
      <source>Hold when drowsy</source>
      <translation>Espera por somnolencia</translation>
    </message>
    <message>
      <source>Guard band</source>
      <translation>Banda de control</translation>
    </message>
    <message>
      <source>One correction a session, logged, when the share in range leaves these limits.</source>
      <translation>Una corrección por sesión, anotada, cuando la parte en rango sale de estos límites.</translation>
    </message>
    <message>
      <source>Recalibrate once</source>
      <translation>Recalibrar una vez</translation>
    </message>
    <message>
      <source>Below, %</source>
      <translation>Por debajo, %</translation>
    </message>
    <message>
      <source>Above, %</source>
      <translation>Por encima, %</translation>
    </message>
    <message>
      <source>Not before, clean s</source>
      <translation>No antes de, s limpios</translation>
    </message>
    <message>
      <source>From the last, clean s</source>
      <translation>De los últimos, s limpios</translation>
    </message>
    <message>
      <source>Clocks of baseline and runs count clean time; holds stop them.</source>
      <translation>Los relojes de la línea base y los tramos cuentan tiempo limpio; las esperas los detienen.</translation>
    </message>
    <message>
      <source>Eyes closed first, for the alpha peak, s</source>
      <translation>Ojos cerrados primero, para el pico alfa, s</translation>
    </message>
    <message>
      <source>Transfer run at the end, s</source>
      <translation>Tramo de transferencia al final, s</translation>
    </message>
    <message>
      <source>Add a second part</source>
      <translation>Añadir una segunda parte</translation>
    </message>
    <message>
      <source>Another baseline and more runs, on other conditions</source>
      <translation>Otra línea base y más tramos, con otras condiciones</translation>
    </message>
    <message>
      <source>Calm scene</source>
      <translation>Escena tranquila</translation>
    </message>
    <message>
      <source>Picture</source>
      <translation>Imagen</translation>
    </message>
    <message>
      <source>Chime at a reward</source>
      <translation>Campanada con recompensa</translation>
    </message>
    <message>
      <source>What the client is told</source>
      <translation>Qué se dice al cliente</translation>
    </message>
    <message>
      <source>Crossover</source>
      <translation>Cruce</translation>
    </message>
    <message>
      <source>When theta has stood above alpha for so long, it is told, not rewarded.</source>
      <translation>Cuando theta ha estado por encima de alfa ese tiempo, se avisa; no se recompensa.</translation>
    </message>
    <message>
      <source>Tell the crossover</source>
      <translation>Avisar del cruce</translation>
    </message>
    <message>
      <source>Feature of theta</source>
      <translation>Medida de theta</translation>
    </message>
    <message>
      <source>Feature of alpha</source>
      <translation>Medida de alfa</translation>
    </message>
    <message>
      <source>Above by, µV</source>
      <translation>Por encima en, µV</translation>
    </message>
    <message>
      <source>For, clean s</source>
      <translation>Durante, s limpios</translation>
    </message>
    <message>
      <source>open</source>
      <translation>abiertos</translation>
    </message>
    <message>
      <source>closed</source>
      <translation>cerrados</translation>
    </message>
    <message>
      <source>Eyes</source>
      <translation>Ojos</translation>
    </message>
    <message>
      <source>Baseline, s</source>
      <translation>Línea base, s</translation>
    </message>
    <message>
      <source>Clean at least, s</source>
      <translation>Limpio al menos, s</translation>
    </message>
    <message>
      <source>60 or half</source>
      <translation>60 o la mitad</translation>
    </message>
    <message>
      <source>Rest after it, s</source>
      <translation>Descanso después, s</translation>
    </message>
    <message>
      <source>Length of a run, s</source>
      <translation>Duración del tramo, s</translation>
    </message>
    <message>
      <source>Rest between, s</source>
      <translation>Descanso entre ellos, s</translation>
    </message>
    <message>
      <source>Only conditions on</source>
      <translation>Solo condiciones sobre</translation>
    </message>
    <message>
      <source>all</source>
      <translation>todas</translation>
    </message>
    <message>
      <source>✓ fits: {sites}</source>
      <translation>✓ encaja: {sites}</translation>
    </message>
    <message>
      <source>◐ adapted: {sites}</source>
      <translation>◐ adaptado: {sites}</translation>
    </message>
    <message>
      <source>✗ not possible</source>
      <translation>✗ no es posible</translation>
    </message>
    <message>
      <source>Any headset</source>
      <translation>Cualquier diadema</translation>
    </message>
    <message>
      <source> + link {ms:.0f}</source>
      <translation> + enlace {ms:.0f}</translation>
    </message>
    <message>
      <source> + smooth {ms:.0f}</source>
      <translation> + suavizado {ms:.0f}</translation>
    </message>
    <message>
      <source> + hop {ms:.0f}</source>
      <translation> + paso {ms:.0f}</translation>
    </message>
    <message>
      <source>filter {ms:.0f}</source>
      <translation>filtro {ms:.0f}</translation>
    </message>
    <message>
      <source>Problems</source>
      <translation>Problemas</translation>
    </message>
    <message>
      <source>Feedback within {ms:.0f} ms is learned from best. A wider band or less smoothing is faster.</source>
      <translation>De un feedback en menos de {ms:.0f} ms es de donde mejor se aprende. Una banda más ancha o menos suavizado es más rápido.</translation>
    </message>
    <message>
      <source>All within {ms:.0f} ms.</source>
      <translation>Todo en {ms:.0f} ms.</translation>
    </message>
    <message>
      <source>Press sites on the map, or type them. Arrow keys move, Space chooses.</source>
      <translation>Pulse posiciones en el mapa o escríbalas. Las flechas mueven, Espacio elige.</translation>
    </message>
    <message>
      <source>At least so many of them</source>
      <translation>Al menos tantas de ellas</translation>
    </message>
    <message>
      <source>the device's own</source>
      <translation>la del dispositivo</translation>
    </message>
    <message>
      <source>average of all channels</source>
      <translation>media de todos los canales</translation>
    </message>
    <message>
      <source>linked ears, A1 and A2</source>
      <translation>orejas unidas, A1 y A2</translation>
    </message>
    <message>
      <source>behind the ears, TP9 and TP10</source>
      <translation>detrás de las orejas, TP9 y TP10</translation>
    </message>
    <message>
      <source>Reference</source>
      <translation>Referencia</translation>
    </message>
    <message>
      <source>Or the mean of these sites</source>
      <translation>O la media de estos sitios</translation>
    </message>
    <message>
      <source>On headsets without these sites</source>
      <translation>En diademas sin estas posiciones</translation>
    </message>
    <message>
      <source>Tried in this order. Sessions on stand-ins are labelled adapted, unless the sources used them too.</source>
      <translation>Se prueban en este orden. Las sesiones con sustitutas se marcan como adaptadas, salvo que las fuentes también las usaran.</translation>
    </message>
    <message>
      <source>Add stand-ins</source>
      <translation>Añadir sustitutas</translation>
    </message>
    <message>
      <source>Stand-ins</source>
      <translation>Sustitutas</translation>
    </message>
    <message>
      <source>Reference, if another</source>
      <translation>Referencia, si es otra</translation>
    </message>
    <message>
      <source>What is said about it</source>
      <translation>Qué se dice de ello</translation>
    </message>
    <message>
      <source>Label adapted</source>
      <translation>Marcar adaptado</translation>
    </message>
    <message>
      <source>Text of the protocol file</source>
      <translation>Texto del archivo de protocolo</translation>
    </message>
    <message>
      <source>line {n}</source>
      <translation>línea {n}</translation>
    </message>
    <message>
      <source>The film cannot be played: {reason}.</source>
      <translation>La película no se puede reproducir: {reason}.</translation>
    </message>
    <message>
      <source>This computer has no decoder for the film.</source>
      <translation>Este ordenador no tiene descodificador para la película.</translation>
    </message>
    <message>
      <source>The file has no picture.</source>
      <translation>El archivo no tiene imagen.</translation>
    </message>
    <message>
      <source>The film has no length.</source>
      <translation>La película no tiene duración.</translation>
    </message>
    <message>
      <source>The film has no sound: feedback is in its brightness alone.</source>
      <translation>La película no tiene sonido: el feedback está solo en su brillo.</translation>
    </message>
    <message>
      <source>{why} The calm scene is shown instead.</source>
      <translation>{why} Se muestra la escena tranquila en su lugar.</translation>
    </message>
    <message>
      <source>The film has brought no picture for {seconds:.0f} seconds.</source>
      <translation>La película lleva {seconds:.0f} segundos sin dar imagen.</translation>
    </message>
    <message>
      <source>A picture of this film takes {ms:.0f} ms to fetch: fewer are shown.</source>
      <translation>Obtener una imagen de esta película tarda {ms:.0f} ms: se muestran menos.</translation>
    </message>
    <message>
      <source>No film has been chosen.</source>
      <translation>No se ha elegido ninguna película.</translation>
    </message>
    <message>
      <source>{path} is a folder, not a film.</source>
      <translation>{path} es una carpeta, no una película.</translation>
    </message>
    <message>
      <source>There is no file {path}.</source>
      <translation>No existe el archivo {path}.</translation>
    </message>
    <message>
      <source>The file {path} is empty.</source>
      <translation>El archivo {path} está vacío.</translation>
    </message>
    <message>
      <source>The file {path} cannot be read: {reason}.</source>
      <translation>El archivo {path} no se puede leer: {reason}.</translation>
    </message>
    <message>
      <source>This computer cannot play films: {reason}. The calm scene is shown instead.</source>
      <translation>Este ordenador no puede reproducir películas: {reason}. Se muestra la escena tranquila en su lugar.</translation>
    </message>
    <message>
      <source>Bar</source>
      <translation>Barra</translation>
    </message>
    <message>
      <source>A column that rises and falls. The most direct, for measuring delays and for curious adults.</source>
      <translation>Una columna que sube y baja. Lo más directo, para medir retardos y para adultos curiosos.</translation>
    </message>
    <message>
      <source>Dot</source>
      <translation>Disco</translation>
    </message>
    <message>
      <source>A disc that grows and shrinks, as direct as the bar.</source>
      <translation>Un disco que crece y se encoge, tan directo como la barra.</translation>
    </message>
    <message>
      <source>Dawn over a lake</source>
      <translation>Amanecer en un lago</translation>
    </message>
    <message>
      <source>Light and clear air: the sun comes through the mist. For most people.</source>
      <translation>Luz y aire claro: el sol atraviesa la niebla. Para la mayoría de las personas.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the light come by itself.</source>
      <translation>Permanezca tranquilo y despierto. Deje que la luz venga sola.</translation>
    </message>
    <message>
      <source>Growing branch</source>
      <translation>Rama que crece</translation>
    </message>
    <message>
      <source>Light falls on a branch that unfolds leaf by leaf, and never withers.</source>
      <translation>La luz cae sobre una rama que se despliega hoja a hoja y nunca se marchita.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the branch grow by itself.</source>
      <translation>Permanezca tranquilo y despierto. Deje que la rama crezca sola.</translation>
    </message>
    <message>
      <source>Own film</source>
      <translation>Película propia</translation>
    </message>
    <message>
      <source>A film of the client's: its brightness and volume follow. It never stops or rewinds.</source>
      <translation>Una película del cliente: su brillo y su volumen siguen la señal. Nunca se detiene ni retrocede.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the film become bright by itself.</source>
      <translation>Permanezca tranquilo y despierto. Deje que la película se aclare sola.</translation>
    </message>
    <message>
      <source>Sound, eyes closed</source>
      <translation>Sonido, ojos cerrados</translation>
    </message>
    <message>
      <source>A dark, quiet screen with one soft light; the feedback is in the sound.</source>
      <translation>Una pantalla oscura y tranquila con una luz suave; el feedback está en el sonido.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the sound come by itself.</source>
      <translation>Permanezca tranquilo y despierto. Deje que el sonido venga solo.</translation>
    </message>
    <message>
      <source>Gliding kite</source>
      <translation>Cometa en vuelo</translation>
    </message>
    <message>
      <source>One kite over plain ground: it flies faster or slower and never falls. From six years on.</source>
      <translation>Una cometa sobre un terreno sencillo: vuela más rápido o más lento y nunca cae. A partir de seis años.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the kite fly by itself.</source>
      <translation>Permanezca tranquilo y despierto. Deje que la cometa vuele sola.</translation>
    </message>
    <message>
      <source>Shade another window</source>
      <translation>Atenuar otra ventana</translation>
    </message>
    <message>
      <source>Dims what a screen shows, such as a film in a browser or a game; clicks go through.</source>
      <translation>Atenúa lo que muestra una pantalla, como una película en el navegador o un juego; los clics pasan a través.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the picture become bright by itself.</source>
      <translation>Permanezca tranquilo y despierto. Deje que la imagen se aclare sola.</translation>
    </message>
    <message>
      <source>Wayland lets no program place a window over all others. Log in with X11 to shade other windows.</source>
      <translation>Wayland no permite que ningún programa coloque una ventana sobre todas las demás. Inicie sesión con X11 para atenuar otras ventanas.</translation>
    </message>
    <message>
      <source>This desktop draws windows without transparency. Turn its compositor on to shade other windows.</source>
      <translation>Este escritorio dibuja las ventanas sin transparencia. Active su compositor para atenuar otras ventanas.</translation>
    </message>
    <message>
      <source>There is no desktop here whose windows could be shaded.</source>
      <translation>Aquí no hay ningún escritorio cuyas ventanas se puedan atenuar.</translation>
    </message>
    <message>
      <source>Search the glossary</source>
      <translation>Buscar en el glosario</translation>
    </message>
    <message>
      <source>No such word. Try a shorter one.</source>
      <translation>No existe esa palabra. Pruebe una más corta.</translation>
    </message>
    <message>
      <source>Words of the field</source>
      <translation>Términos del campo</translation>
    </message>
    <message>
      <source>all keys</source>
      <translation>las teclas</translation>
    </message>
    <message>
      <source>begin, pause, go on</source>
      <translation>empezar, pausar, seguir</translation>
    </message>
    <message>
      <source>finish this stage</source>
      <translation>terminar esta etapa</translation>
    </message>
    <message>
      <source>look at the signal, and back</source>
      <translation>mirar la señal y volver</translation>
    </message>
    <message>
      <source>client's view fills the screen, and back</source>
      <translation>la vista del cliente ocupa la pantalla, y volver</translation>
    </message>
    <message>
      <source>show the operator's strip in one-screen mode</source>
      <translation>mostrar la franja del operador con una sola pantalla</translation>
    </message>
    <message>
      <source>blank the client view</source>
      <translation>ocultar la vista del cliente</translation>
    </message>
    <message>
      <source>mute the client</source>
      <translation>silenciar al cliente</translation>
    </message>
    <message>
      <source>condition above</source>
      <translation>condición de arriba</translation>
    </message>
    <message>
      <source>condition below</source>
      <translation>condición de abajo</translation>
    </message>
    <message>
      <source>threshold − 2 %</source>
      <translation>umbral − 2 %</translation>
    </message>
    <message>
      <source>threshold + 2 %</source>
      <translation>umbral + 2 %</translation>
    </message>
    <message>
      <source>threshold − 0.5 %</source>
      <translation>umbral − 0.5 %</translation>
    </message>
    <message>
      <source>threshold + 0.5 %</source>
      <translation>umbral + 0.5 %</translation>
    </message>
    <message>
      <source>threshold − 10 %</source>
      <translation>umbral − 10 %</translation>
    </message>
    <message>
      <source>threshold + 10 %</source>
      <translation>umbral + 10 %</translation>
    </message>
    <message>
      <source>overall target − 5 %</source>
      <translation>objetivo global − 5 %</translation>
    </message>
    <message>
      <source>overall target + 5 %</source>
      <translation>objetivo global + 5 %</translation>
    </message>
    <message>
      <source>thresholds: hold or auto</source>
      <translation>umbrales: fijos o auto</translation>
    </message>
    <message>
      <source>undo the last live change</source>
      <translation>deshacer el último cambio en vivo</translation>
    </message>
    <message>
      <source>larger traces</source>
      <translation>trazos más grandes</translation>
    </message>
    <message>
      <source>smaller traces</source>
      <translation>trazos más pequeños</translation>
    </message>
    <message>
      <source>shorter sweep</source>
      <translation>barrido más corto</translation>
    </message>
    <message>
      <source>longer sweep</source>
      <translation>barrido más largo</translation>
    </message>
    <message>
      <source>spectrum or spectrogram</source>
      <translation>espectro o espectrograma</translation>
    </message>
    <message>
      <source>mark this moment</source>
      <translation>marcar este momento</translation>
    </message>
    <message>
      <source>quick marks: yawn, moved, talked, drowsy, insight, …</source>
      <translation>marcas rápidas: bostezo, se movió, habló, somnolencia, idea, …</translation>
    </message>
    <message>
      <source>write a note</source>
      <translation>escribir una nota</translation>
    </message>
    <message>
      <source>volumes</source>
      <translation>volúmenes</translation>
    </message>
    <message>
      <source>end the break, as a presenter's remote does</source>
      <translation>terminar el descanso, como con un mando de presentación</translation>
    </message>
    <message>
      <source>end the session; asks first</source>
      <translation>terminar la sesión; antes pregunta</translation>
    </message>
    <message>
      <source>mark {n}</source>
      <translation>marca {n}</translation>
    </message>
    <message>
      <source>yawn</source>
      <translation>bostezo</translation>
    </message>
    <message>
      <source>moved</source>
      <translation>se movió</translation>
    </message>
    <message>
      <source>talked</source>
      <translation>habló</translation>
    </message>
    <message>
      <source>drowsy</source>
      <translation>somnolencia</translation>
    </message>
    <message>
      <source>insight</source>
      <translation>idea</translation>
    </message>
    <message>
      <source>Space</source>
      <translation>Espacio</translation>
    </message>
    <message>
      <source>End and keep</source>
      <translation>Terminar y guardar</translation>
    </message>
    <message>
      <source>No samples for {n} seconds. What was recorded is safe.</source>
      <translation>Sin muestras desde hace {n} segundos. Lo grabado está a salvo.</translation>
    </message>
    <message>
      <source>Keep trying</source>
      <translation>Seguir intentando</translation>
    </message>
    <message>
      <source>Switch device</source>
      <translation>Cambiar dispositivo</translation>
    </message>
    <message>
      <source>The link is back.</source>
      <translation>El enlace ha vuelto.</translation>
    </message>
    <message>
      <source>The link is back. Checking the signal: {n} s</source>
      <translation>El enlace ha vuelto. Comprobando la señal: {n} s</translation>
    </message>
    <message>
      <source>The link is back. Checking the signal: going on in {n} s</source>
      <translation>El enlace ha vuelto. Comprobando la señal: se sigue en {n} s</translation>
    </message>
    <message>
      <source>The signal is good. Going on in {n} …</source>
      <translation>La señal es buena. Se sigue en {n} …</translation>
    </message>
    <message>
      <source>Resume</source>
      <translation>Reanudar</translation>
    </message>
    <message>
      <source>Stay paused</source>
      <translation>Seguir en pausa</translation>
    </message>
    <message>
      <source>Skip</source>
      <translation>Saltar</translation>
    </message>
    <message>
      <source>Only clean seconds count; the thresholds come from them.</source>
      <translation>Solo cuentan los segundos limpios; de ellos salen los umbrales.</translation>
    </message>
    <message>
      <source>dotted: visit {n}</source>
      <translation>punteado: visita {n}</translation>
    </message>
    <message>
      <source>clean: {so_far} so far, {needed} needed; it goes on</source>
      <translation>limpio: {so_far} hasta ahora, se necesitan {needed}; continúa</translation>
    </message>
    <message>
      <source>clean of {length}</source>
      <translation>limpio de {length}</translation>
    </message>
    <message>
      <source>({passed} passed)</source>
      <translation>({passed} transcurrido)</translation>
    </message>
    <message>
      <source>Counting clean seconds</source>
      <translation>Contando segundos limpios</translation>
    </message>
    <message>
      <source>next: eyes closed, {length}</source>
      <translation>después: ojos cerrados, {length}</translation>
    </message>
    <message>
      <source>next: eyes open, {length}</source>
      <translation>después: ojos abiertos, {length}</translation>
    </message>
    <message>
      <source>Waiting for the first seconds of signal …</source>
      <translation>Esperando los primeros segundos de señal …</translation>
    </message>
    <message>
      <source>Baseline</source>
      <translation>Línea base</translation>
    </message>
    <message>
      <source>Do this</source>
      <translation>Haga esto</translation>
    </message>
    <message>
      <source>Thin and jagged is good, thick and fuzzy is muscle or mains, flat is off.</source>
      <translation>Fina e irregular está bien, gruesa y difusa es músculo o red eléctrica, plana es sin contacto.</translation>
    </message>
    <message>
      <source>Ring: used by the protocol</source>
      <translation>Anillo: usada por el protocolo</translation>
    </message>
    <message>
      <source>{site} {grade}: {reason}</source>
      <translation>{site} {grade}: {reason}</translation>
    </message>
    <message>
      <source>Every needed site is good.</source>
      <translation>Todas las posiciones necesarias están bien.</translation>
    </message>
    <message>
      <source>needed sites good for less than 5 s</source>
      <translation>posiciones necesarias bien desde hace menos de 5 s</translation>
    </message>
    <message>
      <source>ready in {n} s …</source>
      <translation>listo en {n} s …</translation>
    </message>
    <message>
      <source>Continue anyway (logged)</source>
      <translation>Seguir de todos modos (se anota)</translation>
    </message>
    <message>
      <source>Needed: {sites}</source>
      <translation>Necesarias: {sites}</translation>
    </message>
    <message>
      <source>Relax the jaw</source>
      <translation>Relaje la mandíbula</translation>
    </message>
    <message>
      <source>Jaw relaxed: muscle {n} µV</source>
      <translation>Mandíbula relajada: músculo {n} µV</translation>
    </message>
    <message>
      <source>Relax the jaw: muscle {n} µV</source>
      <translation>Relaje la mandíbula: músculo {n} µV</translation>
    </message>
    <message>
      <source>Mains hum</source>
      <translation>Zumbido de red</translation>
    </message>
    <message>
      <source>Mains {hz} Hz</source>
      <translation>Red {hz} Hz</translation>
    </message>
    <message>
      <source>Mains</source>
      <translation>Red</translation>
    </message>
    <message>
      <source>{mains} low</source>
      <translation>{mains} baja</translation>
    </message>
    <message>
      <source>{mains} high</source>
      <translation>{mains} alta</translation>
    </message>
    <message>
      <source>Blinks show at {shown}, not at {missing}: are two electrodes swapped?</source>
      <translation>Los parpadeos se ven en {shown}, no en {missing}: ¿hay dos electrodos intercambiados?</translation>
    </message>
    <message>
      <source>and {n} more</source>
      <translation>y {n} más</translation>
    </message>
    <message>
      <source>Blink {n} times</source>
      <translation>Parpadee {n} veces</translation>
    </message>
    <message>
      <source>Blink {wanted} times: {n} seen on {where}</source>
      <translation>Parpadee {wanted} veces: {n} vistas en {where}</translation>
    </message>
    <message>
      <source>weak</source>
      <translation>débil</translation>
    </message>
    <message>
      <source>not known yet</source>
      <translation>aún no se sabe</translation>
    </message>
    <message>
      <source>Search headsets</source>
      <translation>Buscar diademas</translation>
    </message>
    <message>
      <source>Scan</source>
      <translation>Buscar</translation>
    </message>
    <message>
      <source>Look for headsets and serial ports</source>
      <translation>Buscar diademas y puertos serie</translation>
    </message>
    <message>
      <source>code, never a name (e.g. A031)</source>
      <translation>código, nunca un nombre (p. ej., A031)</translation>
    </message>
    <message>
      <source>Connect</source>
      <translation>Conectar</translation>
    </message>
    <message>
      <source>Show all</source>
      <translation>Mostrar todos</translation>
    </message>
    <message>
      <source>No headset of this name.</source>
      <translation>Ninguna diadema con ese nombre.</translation>
    </message>
    <message>
      <source>Send to
(optional)</source>
      <translation>Enviar a
(opcional)</translation>
    </message>
    <message>
      <source>Connection</source>
      <translation>Conexión</translation>
    </message>
    <message>
      <source>Connect a headset</source>
      <translation>Conectar una diadema</translation>
    </message>
    <message>
      <source>Connecting to {device} …</source>
      <translation>Conectando con {device} …</translation>
    </message>
    <message>
      <source>Scanning …</source>
      <translation>Buscando …</translation>
    </message>
    <message>
      <source>No headset found. Switch it on, bring it near, and scan again.</source>
      <translation>No se encontró ninguna diadema. Enciéndala, acérquela y busque de nuevo.</translation>
    </message>
    <message>
      <source>Found (choose one to fill in the form):</source>
      <translation>Encontradas (elija una para rellenar el formulario):</translation>
    </message>
    <message>
      <source>{device} · {n} channels · {hz} Hz · {sites}</source>
      <translation>{device} · {n} canales · {hz} Hz · {sites}</translation>
    </message>
    <message>
      <source>{device} · channels and rate as the stream has them</source>
      <translation>{device} · canales y frecuencia según el flujo</translation>
    </message>
    <message>
      <source>{field}
(optional)</source>
      <translation>{field}
(opcional)</translation>
    </message>
    <message>
      <source>No headset is chosen.</source>
      <translation>No hay diadema elegida.</translation>
    </message>
    <message>
      <source>Choose one in the list.</source>
      <translation>Elija una de la lista.</translation>
    </message>
    <message>
      <source>{device} needs: {fields}.</source>
      <translation>{device} necesita: {fields}.</translation>
    </message>
    <message>
      <source>Fill it in, or scan.</source>
      <translation>Rellénelo o busque.</translation>
    </message>
    <message>
      <source>No protocol is chosen.</source>
      <translation>No hay protocolo elegido.</translation>
    </message>
    <message>
      <source>Put a protocol file into the protocols folder.</source>
      <translation>Ponga un archivo de protocolo en la carpeta de protocolos.</translation>
    </message>
    <message>
      <source>Verify</source>
      <translation>Verificar</translation>
    </message>
    <message>
      <source>Recompute every decision and compare</source>
      <translation>Recalcular cada decisión y comparar</translation>
    </message>
    <message>
      <source>Export…</source>
      <translation>Exportar…</translation>
    </message>
    <message>
      <source>The session note as a PDF</source>
      <translation>La nota de sesión en PDF</translation>
    </message>
    <message>
      <source>Record a session</source>
      <translation>Grabar una sesión</translation>
    </message>
    <message>
      <source>Drop a file or record a session.</source>
      <translation>Suelte un archivo o grabe una sesión.</translation>
    </message>
    <message>
      <source>Drop an EDF, BDF, BrainVision, XDF or CSV file here</source>
      <translation>Suelte aquí un archivo EDF, BDF, BrainVision, XDF o CSV</translation>
    </message>
    <message>
      <source>Recording to replay</source>
      <translation>Registro para reproducir</translation>
    </message>
    <message>
      <source>Browse</source>
      <translation>Examinar</translation>
    </message>
    <message>
      <source>Protocol of the replay</source>
      <translation>Protocolo de la reproducción</translation>
    </message>
    <message>
      <source>Replay file</source>
      <translation>Reproducir archivo</translation>
    </message>
    <message>
      <source>A replay is decided by the same engine as a live session. Nothing is recorded.</source>
      <translation>Una reproducción la decide el mismo motor que una sesión en vivo. No se graba nada.</translation>
    </message>
    <message>
      <source>Another file, or another protocol</source>
      <translation>Otro archivo u otro protocolo</translation>
    </message>
    <message>
      <source>Length</source>
      <translation>Duración</translation>
    </message>
    <message>
      <source>complete</source>
      <translation>completo</translation>
    </message>
    <message>
      <source>recovered after an interruption</source>
      <translation>recuperado tras una interrupción</translation>
    </message>
    <message>
      <source>being recorded, or interrupted</source>
      <translation>en grabación o interrumpido</translation>
    </message>
    <message>
      <source>cannot be read</source>
      <translation>no se puede leer</translation>
    </message>
    <message>
      <source>As recorded</source>
      <translation>Como se grabó</translation>
    </message>
    <message>
      <source>Reading …</source>
      <translation>Leyendo …</translation>
    </message>
    <message>
      <source>Recomputing every decision …</source>
      <translation>Recalculando cada decisión …</translation>
    </message>
    <message>
      <source>Exporting …</source>
      <translation>Exportando …</translation>
    </message>
    <message>
      <source>All files</source>
      <translation>Todos los archivos</translation>
    </message>
    <message>
      <source>Open a recording</source>
      <translation>Abrir un registro</translation>
    </message>
    <message>
      <source>No file is chosen. Drop one here, or browse.</source>
      <translation>No hay archivo elegido. Suelte uno aquí o examine.</translation>
    </message>
    <message>
      <source>One more file was left out.</source>
      <translation>Se omitió un archivo más.</translation>
    </message>
    <message>
      <source>{n} more files were left out.</source>
      <translation>Se omitieron {n} archivos más.</translation>
    </message>
    <message>
      <source>{time} left of the break</source>
      <translation>quedan {time} de descanso</translation>
    </message>
    <message>
      <source>Keep</source>
      <translation>Dejar</translation>
    </message>
    <message>
      <source>Start the next run</source>
      <translation>Iniciar el siguiente tramo</translation>
    </message>
    <message>
      <source>Re-check signal</source>
      <translation>Comprobar señal</translation>
    </message>
    <message>
      <source>Note, Enter keeps it</source>
      <translation>Nota, Enter la guarda</translation>
    </message>
    <message>
      <source>What the client sees in the next run</source>
      <translation>Lo que ve el cliente en el siguiente tramo</translation>
    </message>
    <message>
      <source>What the client hears in the next run</source>
      <translation>Lo que el cliente oye en el próximo tramo</translation>
    </message>
    <message>
      <source>client says: {feeling}</source>
      <translation>el cliente dice: {feeling}</translation>
    </message>
    <message>
      <source>How is it now?</source>
      <translation>¿Cómo está ahora?</translation>
    </message>
    <message>
      <source>Feedback for the next run</source>
      <translation>Feedback para el siguiente tramo</translation>
    </message>
    <message>
      <source>Client sees</source>
      <translation>El cliente ve</translation>
    </message>
    <message>
      <source>The client goes on with Space, Enter or {keys}, not before the time is over.</source>
      <translation>El cliente sigue con Espacio, Enter o {keys}, no antes de que acabe el tiempo.</translation>
    </message>
    <message>
      <source>The next run begins by itself.</source>
      <translation>El próximo tramo empieza solo.</translation>
    </message>
    <message>
      <source>Start run {n}</source>
      <translation>Iniciar tramo {n}</translation>
    </message>
    <message>
      <source>Go on</source>
      <translation>Seguir</translation>
    </message>
    <message>
      <source>Run {n} done</source>
      <translation>Tramo {n} hecho</translation>
    </message>
    <message>
      <source>Break</source>
      <translation>Descanso</translation>
    </message>
    <message>
      <source>{share} in range · clean {clean} · rewards {n} in {time} of valid time</source>
      <translation>{share} en rango · limpio {clean} · {n} recompensas en {time} de tiempo válido</translation>
    </message>
    <message>
      <source>Suggest {moves} (would have given {share})</source>
      <translation>Sugerir {moves} (habría dado {share})</translation>
    </message>
    <message>
      <source>Applied for the next run.</source>
      <translation>Aplicado para el siguiente tramo.</translation>
    </message>
    <message>
      <source>In the next run: {feedback}, {sound}</source>
      <translation>En el próximo tramo: {feedback}, {sound}</translation>
    </message>
    <message>
      <source>Noted: {text}</source>
      <translation>Anotado: {text}</translation>
    </message>
    <message>
      <source>Research and education software for EEG self-regulation training. Not a medical device; not intended to diagnose, treat, cure, mitigate or prevent any disease, nor to replace care. Evidence for depression is preliminary. Do not change medication or other treatment because of it.</source>
      <translation>Software de investigación y formación para el entrenamiento de la autorregulación con EEG. No es un producto sanitario; no está destinado a diagnosticar, tratar, curar, mitigar ni prevenir ninguna enfermedad, ni a sustituir la atención sanitaria. La evidencia sobre la depresión es preliminar. No cambie la medicación ni otro tratamiento a causa de él.</translation>
    </message>
    <message>
      <source>Neurofeedback</source>
      <translation>Neurofeedback</translation>
    </message>
    <message>
      <source>Measure a brain rhythm, reward it while it happens, keep an honest record. Nothing leaves this computer.</source>
      <translation>Medir un ritmo cerebral, recompensarlo mientras ocurre, dejar constancia fiel. Nada sale de este ordenador.</translation>
    </message>
    <message>
      <source>Try it now: synthetic headset</source>
      <translation>Probar ahora: diadema simulada</translation>
    </message>
    <message>
      <source>Connect my headset</source>
      <translation>Conectar mi diadema</translation>
    </message>
    <message>
      <source>Open in replay</source>
      <translation>Abrir y reproducir</translation>
    </message>
    <message>
      <source>Close  Ctrl+Enter</source>
      <translation>Cerrar  Ctrl+Enter</translation>
    </message>
    <message>
      <source>Amplitude and threshold over the session</source>
      <translation>Amplitud y umbral a lo largo de la sesión</translation>
    </message>
    <message>
      <source>Features are means over clean time. Saved in {folder}</source>
      <translation>Las medidas son medias del tiempo limpio. Guardado en {folder}</translation>
    </message>
    <message>
      <source>Features are means over clean time. Nothing was recorded.</source>
      <translation>Las medidas son medias del tiempo limpio. No se grabó nada.</translation>
    </message>
    <message>
      <source>no session</source>
      <translation>sin sesión</translation>
    </message>
    <message>
      <source>Session summary · {reason}</source>
      <translation>Resumen de la sesión · {reason}</translation>
    </message>
    <message>
      <source>minutes (means of {step} s, n = {n}; dashed: threshold)</source>
      <translation>minutos (medias de {step} s, n = {n}; discontinua: umbral)</translation>
    </message>
    <message>
      <source>{feature} and its threshold over {minutes} minutes</source>
      <translation>{feature} y su umbral durante {minutes} minutos</translation>
    </message>
    <message>
      <source>% of valid time</source>
      <translation>% del tiempo válido</translation>
    </message>
    <message>
      <source>run (n = {n})</source>
      <translation>tramo (n = {n})</translation>
    </message>
    <message>
      <source>Time in range: {runs}</source>
      <translation>Tiempo en rango: {runs}</translation>
    </message>
    <message>
      <source>run {n} {share}</source>
      <translation>tramo {n} {share}</translation>
    </message>
    <message>
      <source>Trained {time}</source>
      <translation>Entrenado {time}</translation>
    </message>
    <message>
      <source>clean {share}</source>
      <translation>limpio {share}</translation>
    </message>
    <message>
      <source>clean {share} (held: {causes})</source>
      <translation>limpio {share} (en espera: {causes})</translation>
    </message>
    <message>
      <source>gaps {n}</source>
      <translation>huecos {n}</translation>
    </message>
    <message>
      <source>gaps {n} ({missing})</source>
      <translation>huecos {n} ({missing})</translation>
    </message>
    <message>
      <source>threshold changes {n}</source>
      <translation>cambios de umbral {n}</translation>
    </message>
    <message>
      <source>rewards {n}</source>
      <translation>recompensas {n}</translation>
    </message>
    <message>
      <source>loop delay {median} ms median, {p95} ms p95</source>
      <translation>retardo del bucle: mediana {median} ms, p95 {p95} ms</translation>
    </message>
    <message>
      <source>auto: score ≠ learning</source>
      <translation>auto: puntuación ≠ aprendizaje</translation>
    </message>
    <message>
      <source>Undo the last live change</source>
      <translation>Deshacer el último cambio en vivo</translation>
    </message>
    <message>
      <source>Blank</source>
      <translation>Ocultar</translation>
    </message>
    <message>
      <source>Blank the client view</source>
      <translation>Ocultar la vista del cliente</translation>
    </message>
    <message>
      <source>Mute</source>
      <translation>Silenciar</translation>
    </message>
    <message>
      <source>Mute the client</source>
      <translation>Silenciar al cliente</translation>
    </message>
    <message>
      <source>Stop and talk</source>
      <translation>Parar y hablar</translation>
    </message>
    <message>
      <source>Pause, blank, and write a note</source>
      <translation>Pausar, ocultar y escribir una nota</translation>
    </message>
    <message>
      <source>What the client sees now</source>
      <translation>Lo que el cliente ve ahora</translation>
    </message>
    <message>
      <source>Mark</source>
      <translation>Marcar</translation>
    </message>
    <message>
      <source>amplitude</source>
      <translation>amplitud</translation>
    </message>
    <message>
      <source>blink</source>
      <translation>parpadeo</translation>
    </message>
    <message>
      <source>muscle</source>
      <translation>músculo</translation>
    </message>
    <message>
      <source>held above: {limits}</source>
      <translation>espera a partir de: {limits}</translation>
    </message>
    <message>
      <source>Note ({key}), Enter keeps it</source>
      <translation>Nota ({key}), Enter la guarda</translation>
    </message>
    <message>
      <source>paused</source>
      <translation>en pausa</translation>
    </message>
    <message>
      <source>page {n} of {many}</source>
      <translation>página {n} de {many}</translation>
    </message>
    <message>
      <source>The client has no screen of their own. {key} shows the client's view on it, and comes back.</source>
      <translation>El cliente no tiene pantalla propia. {key} muestra la vista del cliente en esta, y vuelve.</translation>
    </message>
    <message>
      <source>Use one-screen mode</source>
      <translation>Usar una sola pantalla</translation>
    </message>
    <message>
      <source>The client's screen is gone. Sound goes on, and the mirror shows the picture.</source>
      <translation>La pantalla del cliente ya no está. El sonido sigue y el espejo muestra la imagen.</translation>
    </message>
    <message>
      <source>mark</source>
      <translation>marca</translation>
    </message>
    <message>
      <source>went on from the signal check with {sites}</source>
      <translation>siguió desde la prueba de señal con {sites}</translation>
    </message>
    <message>
      <source>talked: </source>
      <translation>habló: </translation>
    </message>
    <message>
      <source>Not now: there is no threshold before the baseline.</source>
      <translation>Ahora no: no hay umbral antes de la línea base.</translation>
    </message>
    <message>
      <source>target {share}</source>
      <translation>objetivo {share}</translation>
    </message>
    <message>
      <source>Nothing to undo.</source>
      <translation>Nada que deshacer.</translation>
    </message>
    <message>
      <source>Back to {what}.</source>
      <translation>Vuelta a: {what}.</translation>
    </message>
    <message>
      <source>Pause</source>
      <translation>Pausa</translation>
    </message>
    <message>
      <source>Begin, pause, go on</source>
      <translation>Empezar, pausar, seguir</translation>
    </message>
    <message>
      <source>Next</source>
      <translation>Siguiente</translation>
    </message>
    <message>
      <source>Next stage</source>
      <translation>Siguiente etapa</translation>
    </message>
    <message>
      <source>Open the client's window; the key fills its screen</source>
      <translation>Abrir la ventana del cliente; la tecla llena su pantalla</translation>
    </message>
    <message>
      <source>End</source>
      <translation>Fin</translation>
    </message>
    <message>
      <source>End the session and keep the data</source>
      <translation>Terminar la sesión y conservar los datos</translation>
    </message>
    <message>
      <source>Make it worse</source>
      <translation>Empeorarla</translation>
    </message>
    <message>
      <source>Try the alarms on the demo signal</source>
      <translation>Probar las alarmas con la señal de demostración</translation>
    </message>
    <message>
      <source>How much is shown</source>
      <translation>Cuánto se muestra</translation>
    </message>
    <message>
      <source>The time now, and when the last run is over if nothing is held or paused.</source>
      <translation>La hora actual, y cuándo acaba el último tramo si nada se detiene ni se pausa.</translation>
    </message>
    <message>
      <source>How much is shown. The session and its recording are the same.</source>
      <translation>Cuánto se muestra. La sesión y su registro son los mismos.</translation>
    </message>
    <message>
      <source>Begin</source>
      <translation>Empezar</translation>
    </message>
    <message>
      <source>{time} left in this stage</source>
      <translation>quedan {time} en esta etapa</translation>
    </message>
    <message>
      <source>{now} → ends {end}</source>
      <translation>{now} → termina {end}</translation>
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
      <translation>Estándar</translation>
    </message>
    <message>
      <source>Research</source>
      <translation>Investigación</translation>
    </message>
    <message>
      <source>Three blinks</source>
      <translation>Tres parpadeos</translation>
    </message>
    <message>
      <source>Muscle for 3 s</source>
      <translation>Músculo durante 3 s</translation>
    </message>
    <message>
      <source>Lost contact for 14 s</source>
      <translation>Sin contacto durante 14 s</translation>
    </message>
    <message>
      <source>Drop-out of 3 s</source>
      <translation>Corte de 3 s</translation>
    </message>
    <message>
      <source>Lost link for 14 s</source>
      <translation>Sin enlace durante 14 s</translation>
    </message>
    <message>
      <source>Next tip</source>
      <translation>Otro consejo</translation>
    </message>
    <message>
      <source>Tip {number} of {n}. {tip}</source>
      <translation>Consejo {number} de {n}. {tip}</translation>
    </message>
    <message>
      <source>Not now: {reason}</source>
      <translation>Ahora no: {reason}</translation>
    </message>
    <message>
      <source>Marked: {text}</source>
      <translation>Marcado: {text}</translation>
    </message>
    <message>
      <source>Note kept.</source>
      <translation>Nota guardada.</translation>
    </message>
    <message>
      <source>From the next stage on: {peak}</source>
      <translation>Desde la próxima etapa: {peak}</translation>
    </message>
    <message>
      <source>Adapted to this headset: {note}</source>
      <translation>Adaptado a esta diadema: {note}</translation>
    </message>
    <message>
      <source>Baseline done</source>
      <translation>Línea base hecha</translation>
    </message>
    <message>
      <source>Break: the client goes on</source>
      <translation>Descanso: sigue el cliente</translation>
    </message>
    <message>
      <source>{why}: a ring is shown instead of the chime.</source>
      <translation>{why}: se muestra un anillo en lugar de la campanada.</translation>
    </message>
    <message>
      <source>Show</source>
      <translation>Mostrar</translation>
    </message>
    <message>
      <source>Unmute</source>
      <translation>Con sonido</translation>
    </message>
    <message>
      <source>the thresholds before</source>
      <translation>los umbrales anteriores</translation>
    </message>
    <message>
      <source>automatic thresholds</source>
      <translation>umbrales automáticos</translation>
    </message>
    <message>
      <source>held thresholds</source>
      <translation>umbrales fijos</translation>
    </message>
    <message>
      <source>the feedback before</source>
      <translation>el feedback anterior</translation>
    </message>
    <message>
      <source>the fixed bands</source>
      <translation>las bandas fijas</translation>
    </message>
    <message>
      <source>alpha peak {hz} Hz</source>
      <translation>pico alfa {hz} Hz</translation>
    </message>
    <message>
      <source>Waiting for the headset</source>
      <translation>Esperando a la diadema</translation>
    </message>
    <message>
      <source>Session ended</source>
      <translation>Sesión terminada</translation>
    </message>
    <message>
      <source>Signal check</source>
      <translation>Prueba de señal</translation>
    </message>
    <message>
      <source>Baseline, eyes open</source>
      <translation>Línea base, ojos abiertos</translation>
    </message>
    <message>
      <source>Baseline, eyes closed</source>
      <translation>Línea base, ojos cerrados</translation>
    </message>
    <message>
      <source>Run {run} of {n_runs}</source>
      <translation>Tramo {run} de {n_runs}</translation>
    </message>
    <message>
      <source>Run {run} of {n_runs}, without feedback</source>
      <translation>Tramo {run} de {n_runs}, sin feedback</translation>
    </message>
    <message>
      <source>Less than 500 MB are free on the disk.</source>
      <translation>Quedan menos de 500 MB libres en el disco.</translation>
    </message>
    <message>
      <source>Less than 100 MB are free on the disk: make room, or end soon.</source>
      <translation>Quedan menos de 100 MB libres en el disco: haga sitio o termine pronto.</translation>
    </message>
    <message>
      <source>DEMO SIGNAL</source>
      <translation>SEÑAL DE DEMO</translation>
    </message>
    <message>
      <source>REPLAY — not live</source>
      <translation>REPRODUCCIÓN — no en vivo</translation>
    </message>
    <message>
      <source>sound on</source>
      <translation>con sonido</translation>
    </message>
    <message>
      <source>Still connecting.</source>
      <translation>Aún conectando.</translation>
    </message>
    <message>
      <source>{stage} is running.</source>
      <translation>{stage} en curso.</translation>
    </message>
    <message>
      <source>Keep going</source>
      <translation>Continuar</translation>
    </message>
    <message>
      <source>End and keep data</source>
      <translation>Terminar y guardar datos</translation>
    </message>
    <message>
      <source>nfb {version} · Qt {qt} · Python {python}</source>
      <translation>nfb {version} · Qt {qt} · Python {python}</translation>
    </message>
    <message>
      <source>Licence</source>
      <translation>Licencia</translation>
    </message>
    <message>
      <source>MIT licence: use, change and pass it on freely, with the notice, and without any warranty.</source>
      <translation>Licencia MIT: úselo, modifíquelo y distribúyalo libremente, con el aviso y sin garantía alguna.</translation>
    </message>
    <message>
      <source>Icons and typeface</source>
      <translation>Iconos y tipo de letra</translation>
    </message>
    <message>
      <source>The icons were drawn for this program and come under its licence. The typeface is the system's own; Atkinson Hyperlegible (SIL Open Font License) is used if you have installed it.</source>
      <translation>Los iconos se dibujaron para este programa y comparten su licencia. El tipo de letra es el del sistema; se usa Atkinson Hyperlegible (SIL Open Font License) si la ha instalado.</translation>
    </message>
    <message>
      <source>Built on</source>
      <translation>Basado en</translation>
    </message>
    <message>
      <source>Appearance</source>
      <translation>Aspecto</translation>
    </message>
    <message>
      <source>Size of everything</source>
      <translation>Tamaño de todo</translation>
    </message>
    <message>
      <source>{n} %</source>
      <translation>{n} %</translation>
    </message>
    <message>
      <source>Takes effect when the program is started again.</source>
      <translation>Surte efecto al volver a iniciar el programa.</translation>
    </message>
    <message>
      <source>Reduced motion</source>
      <translation>Menos movimiento</translation>
    </message>
    <message>
      <source>Nothing moves by itself in the client's view; feedback is brightness and size alone.</source>
      <translation>Nada se mueve por sí solo en la vista del cliente; el feedback es solo brillo y tamaño.</translation>
    </message>
    <message>
      <source>High contrast</source>
      <translation>Alto contraste</translation>
    </message>
    <message>
      <source>Black and white surfaces, stronger edges.</source>
      <translation>Superficies en blanco y negro, bordes más marcados.</translation>
    </message>
    <message>
      <source>Typeface for low vision</source>
      <translation>Letra para baja visión</translation>
    </message>
    <message>
      <source>Atkinson Hyperlegible.</source>
      <translation>Atkinson Hyperlegible.</translation>
    </message>
    <message>
      <source>Atkinson Hyperlegible is not installed on this computer. It is free: install it and come back.</source>
      <translation>Atkinson Hyperlegible no está instalada en este ordenador. Es gratuita: instálela y vuelva aquí.</translation>
    </message>
    <message>
      <source>Language</source>
      <translation>Idioma</translation>
    </message>
    <message>
      <source>At {n} % the window needs {width} × {height} pixels, more than any screen here has.</source>
      <translation>Al {n} % la ventana necesita {width} × {height} píxeles, más de los que tiene cualquier pantalla de aquí.</translation>
    </message>
    <message>
      <source>As the system</source>
      <translation>Como el sistema</translation>
    </message>
    <message>
      <source>Dark</source>
      <translation>Oscuro</translation>
    </message>
    <message>
      <source>Light</source>
      <translation>Claro</translation>
    </message>
    <message>
      <source>{name}: not available yet</source>
      <translation>{name}: aún no disponible</translation>
    </message>
    <message>
      <source>As the system, where available</source>
      <translation>Como el sistema, si está disponible</translation>
    </message>
    <message>
      <source>This language is not available yet. The one before is kept.</source>
      <translation>Este idioma aún no está disponible. Se mantiene el anterior.</translation>
    </message>
    <message>
      <source>The usual keys are used. {error}</source>
      <translation>Se usan las teclas habituales. {error}</translation>
    </message>
    <message>
      <source>Data</source>
      <translation>Datos</translation>
    </message>
    <message>
      <source>Change…</source>
      <translation>Cambiar…</translation>
    </message>
    <message>
      <source>Folder</source>
      <translation>Carpeta</translation>
    </message>
    <message>
      <source>Client book</source>
      <translation>Libro de clientes</translation>
    </message>
    <message>
      <source>Test</source>
      <translation>Probar</translation>
    </message>
    <message>
      <source>File or database</source>
      <translation>Archivo o base de datos</translation>
    </message>
    <message>
      <source>Several desks share a PostgreSQL database: postgresql://user:password@server/name</source>
      <translation>Varios puestos comparten una base de datos PostgreSQL: postgresql://usuario:contraseña@servidor/nombre</translation>
    </message>
    <message>
      <source>the usual file</source>
      <translation>el archivo habitual</translation>
    </message>
    <message>
      <source>At the desk</source>
      <translation>En el puesto</translation>
    </message>
    <message>
      <source>Your name in the audit trail and on notes; empty for the name of your account.</source>
      <translation>Su nombre en el historial de auditoría y en las notas; vacío para usar el nombre de su cuenta.</translation>
    </message>
    <message>
      <source>Copy everything</source>
      <translation>Copiar todo</translation>
    </message>
    <message>
      <source>All recordings, the client book if it is a file, and these settings, into a folder of your choice.</source>
      <translation>Todos los registros, el libro de clientes si es un archivo, y estos ajustes, en una carpeta a su elección.</translation>
    </message>
    <message>
      <source>Copy everything…</source>
      <translation>Copiar todo…</translation>
    </message>
    <message>
      <source>The environment variable {name} decides this as long as it is set.</source>
      <translation>La variable de entorno {name} decide esto mientras esté definida.</translation>
    </message>
    <message>
      <source>Folder of recordings</source>
      <translation>Carpeta de registros</translation>
    </message>
    <message>
      <source>{place}: the room on its disk is not known.</source>
      <translation>{place}: no se conoce el espacio en su disco.</translation>
    </message>
    <message>
      <source>{place}: room for {hours} hours of 8 channels at 250 Hz.</source>
      <translation>{place}: espacio para {hours} horas de 8 canales a 250 Hz.</translation>
    </message>
    <message>
      <source>Looking …</source>
      <translation>Buscando …</translation>
    </message>
    <message>
      <source>There is no client book yet; it is made when you use this place.</source>
      <translation>Aún no hay libro de clientes; se crea al usar este lugar.</translation>
    </message>
    <message>
      <source>Found: {n} client.</source>
      <translation>Encontrado: {n} cliente.</translation>
    </message>
    <message>
      <source>Found: {n} clients.</source>
      <translation>Encontrados: {n} clientes.</translation>
    </message>
    <message>
      <source>In use: {place}</source>
      <translation>En uso: {place}</translation>
    </message>
    <message>
      <source>It stands in the client book, which is not open yet.</source>
      <translation>Está en el libro de clientes, que aún no está abierto.</translation>
    </message>
    <message>
      <source>Not set yet. Scales that ask about thoughts of death or self-harm wait for it.</source>
      <translation>Aún no se ha fijado. Las escalas que preguntan por pensamientos de muerte o autolesión esperan a ello.</translation>
    </message>
    <message>
      <source>Folder for the copy</source>
      <translation>Carpeta para la copia</translation>
    </message>
    <message>
      <source>Copying …</source>
      <translation>Copiando …</translation>
    </message>
    <message>
      <source>Copied to {place}</source>
      <translation>Copiado en {place}</translation>
    </message>
    <message>
      <source>“{text}” must be a whole path, from the root on.</source>
      <translation>«{text}» debe ser una ruta completa, desde la raíz.</translation>
    </message>
    <message>
      <source>“{text}” is no folder that can be written. Choose another one.</source>
      <translation>«{text}» no es una carpeta en la que se pueda escribir. Elija otra.</translation>
    </message>
    <message>
      <source>“{text}”: a database's address begins with postgresql://</source>
      <translation>«{text}»: la dirección de una base de datos empieza por postgresql://</translation>
    </message>
    <message>
      <source>“{text}” must be a whole path, or begin with postgresql://</source>
      <translation>«{text}» debe ser una ruta completa o empezar por postgresql://</translation>
    </message>
    <message>
      <source>Devices</source>
      <translation>Dispositivos</translation>
    </message>
    <message>
      <source>Headsets on a cable or a dongle are found here.</source>
      <translation>Aquí se encuentran las diademas con cable o con adaptador USB.</translation>
    </message>
    <message>
      <source>Use synthetic</source>
      <translation>Usar simulada</translation>
    </message>
    <message>
      <source>Bluetooth help</source>
      <translation>Ayuda de Bluetooth</translation>
    </message>
    <message>
      <source>Usual headset</source>
      <translation>Diadema habitual</translation>
    </message>
    <message>
      <source>The connect page begins with it.</source>
      <translation>La página de conexión empieza con ella.</translation>
    </message>
    <message>
      <source>{name}, not in the catalogue</source>
      <translation>{name}, fuera del catálogo</translation>
    </message>
    <message>
      <source>None: choose each time</source>
      <translation>Ninguna: elegir cada vez</translation>
    </message>
    <message>
      <source>Scan again</source>
      <translation>Buscar de nuevo</translation>
    </message>
    <message>
      <source>No headset found. Switch it on, plug its dongle in, and scan again. Bluetooth headsets answer only when you connect to them: choose yours below, or see the Bluetooth help.</source>
      <translation>No se encontró ninguna diadema. Enciéndala, enchufe su adaptador y busque de nuevo. Las diademas Bluetooth solo responden cuando se conecta con ellas: elija la suya abajo o consulte la ayuda de Bluetooth.</translation>
    </message>
    <message>
      <source>Found:</source>
      <translation>Encontradas:</translation>
    </message>
    <message>
      <source>Connect to {board}</source>
      <translation>Conectar con {board}</translation>
    </message>
    <message>
      <source>Make usual</source>
      <translation>Hacer habitual</translation>
    </message>
    <message>
      <source>When a Bluetooth headset is not found</source>
      <translation>Cuando no se encuentra una diadema Bluetooth</translation>
    </message>
    <message>
      <source>On every system: charge the headset and switch it on. Disconnect it from phones and from other programs, since it talks to one at a time. Keep it within two metres, with no body or metal case between. A USB adapter on a short extension lead does better than one built in.</source>
      <translation>En todos los sistemas: cargue la diadema y enciéndala. Desconéctela de teléfonos y de otros programas, pues solo se comunica con uno a la vez. Manténgala a menos de dos metros, sin un cuerpo ni una carcasa metálica en medio. Un adaptador USB con un alargador corto funciona mejor que uno integrado.</translation>
    </message>
    <message>
      <source>Bluetooth must be on and not blocked (rfkill list), and the service running (systemctl status bluetooth). BrainFlow needs libdbus-1-3; paired headsets need libbluetooth3. Do not pair a Muse or a Ganglion in the system's settings: this program connects to it by itself. Serial dongles need you in the group dialout.</source>
      <translation>Bluetooth debe estar activado y sin bloquear (rfkill list), y el servicio en marcha (systemctl status bluetooth). BrainFlow necesita libdbus-1-3; las diademas emparejadas necesitan libbluetooth3. No empareje una Muse o una Ganglion en los ajustes del sistema: este programa se conecta a ella por sí mismo. Los adaptadores serie requieren que usted pertenezca al grupo dialout.</translation>
    </message>
    <message>
      <source>Allow this program, or the terminal it was started from, under System Settings, Privacy &amp; Security, Bluetooth; then start it again. Do not pair a Muse or a Ganglion in the system's settings.</source>
      <translation>Permita este programa, o el terminal desde el que se inició, en Ajustes del Sistema, Privacidad y seguridad, Bluetooth; después inícielo de nuevo. No empareje una Muse o una Ganglion en los ajustes del sistema.</translation>
    </message>
    <message>
      <source>Under Settings, Bluetooth &amp; devices, switch Bluetooth on and remove the headset there if it is listed: a paired Muse or Ganglion does not answer. Windows 10 (1903) or newer is needed. In the Device Manager, let the adapter not be switched off to save power.</source>
      <translation>En Configuración, Bluetooth y dispositivos, active Bluetooth y quite de allí la diadema si aparece en la lista: una Muse o una Ganglion emparejada no responde. Se necesita Windows 10 (1903) o posterior. En el Administrador de dispositivos, no permita que el adaptador se apague para ahorrar energía.</translation>
    </message>
    <message>
      <source>Choose an action and press its new key. Letters are letters while you type.</source>
      <translation>Elija una acción y pulse su nueva tecla. Las letras son letras mientras escribe.</translation>
    </message>
    <message>
      <source>Change key</source>
      <translation>Cambiar tecla</translation>
    </message>
    <message>
      <source>Usual key</source>
      <translation>Tecla habitual</translation>
    </message>
    <message>
      <source>All usual keys</source>
      <translation>Todas las habituales</translation>
    </message>
    <message>
      <source>All keys are the usual ones again.</source>
      <translation>Todas las teclas vuelven a ser las habituales.</translation>
    </message>
    <message>
      <source>Key</source>
      <translation>Tecla</translation>
    </message>
    <message>
      <source>Action</source>
      <translation>Acción</translation>
    </message>
    <message>
      <source>The digits are quick marks.</source>
      <translation>Las cifras son marcas rápidas.</translation>
    </message>
    <message>
      <source>Press the new key for “{action}”. Esc leaves it as it is.</source>
      <translation>Pulse la nueva tecla para «{action}». Esc la deja como está.</translation>
    </message>
    <message>
      <source>{key} means “{other}” already. Nothing was changed.</source>
      <translation>{key} ya significa «{other}». No se ha cambiado nada.</translation>
    </message>
    <message>
      <source>{key} means “{action}” now.</source>
      <translation>{key} significa ahora «{action}».</translation>
    </message>
    <message>
      <source>{key} means “{action}” again.</source>
      <translation>{key} vuelve a significar «{action}».</translation>
    </message>
    <message>
      <source>close what lies over the window</source>
      <translation>cerrar lo que está sobre la ventana</translation>
    </message>
    <message>
      <source>find a client</source>
      <translation>buscar un cliente</translation>
    </message>
    <message>
      <source>go to the next part</source>
      <translation>ir a la parte siguiente</translation>
    </message>
    <message>
      <source>go to a page</source>
      <translation>ir a una página</translation>
    </message>
    <message>
      <source>Continue</source>
      <translation>Continuar</translation>
    </message>
    <message>
      <source>Hidden while nobody was here</source>
      <translation>Oculto mientras no había nadie</translation>
    </message>
    <message>
      <source>Sections of the settings</source>
      <translation>Secciones de los ajustes</translation>
    </message>
    <message>
      <source>Privacy</source>
      <translation>Privacidad</translation>
    </message>
    <message>
      <source>Codes only</source>
      <translation>Solo códigos</translation>
    </message>
    <message>
      <source>Names of clients are hidden on every page and in reports made from now on; they stay in the client book, and its form for a client's details still shows them.</source>
      <translation>Los nombres de los clientes se ocultan en todas las páginas y en los informes que se hagan a partir de ahora; quedan en el libro de clientes, y su formulario con los datos de un cliente los sigue mostrando.</translation>
    </message>
    <message>
      <source>Hide after</source>
      <translation>Ocultar tras</translation>
    </message>
    <message>
      <source>minutes without a key or a click; 0 for never</source>
      <translation>minutos sin una tecla ni un clic; 0 para nunca</translation>
    </message>
    <message>
      <source>The window then shows nothing until somebody presses Continue. It keeps passing eyes out; it asks for no password and protects no file. Lock the computer itself for that. While a session runs nothing is hidden.</source>
      <translation>La ventana no muestra entonces nada hasta que alguien pulse Continuar. Evita las miradas de paso; no pide contraseña ni protege ningún archivo. Para eso, bloquee el propio ordenador. Durante una sesión no se oculta nada.</translation>
    </message>
    <message>
      <source>What is stored where</source>
      <translation>Qué se guarda y dónde</translation>
    </message>
    <message>
      <source>Nothing leaves this computer, unless you chose a database on another one.</source>
      <translation>Nada sale de este ordenador, salvo que haya elegido una base de datos en otro.</translation>
    </message>
    <message>
      <source>Recordings, under a client's code and never a name: {place}</source>
      <translation>Registros, con el código del cliente y nunca un nombre: {place}</translation>
    </message>
    <message>
      <source>Names, plans, ratings, notes and the audit trail: {place}</source>
      <translation>Nombres, planes, valoraciones, notas e historial de auditoría: {place}</translation>
    </message>
    <message>
      <source>These settings: {place}</source>
      <translation>Estos ajustes: {place}</translation>
    </message>
    <message>
      <source>Screens</source>
      <translation>Pantallas</translation>
    </message>
    <message>
      <source>Shows a numeral on each for two seconds</source>
      <translation>Muestra un número en cada una durante dos segundos</translation>
    </message>
    <message>
      <source>Identify</source>
      <translation>Identificar</translation>
    </message>
    <message>
      <source>Client's screen</source>
      <translation>Pantalla del cliente</translation>
    </message>
    <message>
      <source>If it is not plugged in, the client's view takes any screen but the operator's.</source>
      <translation>Si no está conectada, la vista del cliente usa cualquier pantalla menos la del operador.</translation>
    </message>
    <message>
      <source>{name}, not plugged in</source>
      <translation>{name}, sin conectar</translation>
    </message>
    <message>
      <source>One screen for both</source>
      <translation>Una pantalla para ambos</translation>
    </message>
    <message>
      <source>The client's view fills the operator's screen instead of a window of its own. A key goes to and fro; the client hears sound all the while.</source>
      <translation>La vista del cliente ocupa la pantalla del operador en lugar de una ventana propia. Una tecla alterna entre ambas; el cliente oye el sonido todo el tiempo.</translation>
    </message>
    <message>
      <source> · this window</source>
      <translation> · esta ventana</translation>
    </message>
    <message>
      <source>One screen found: use one screen for both.</source>
      <translation>Se encontró una pantalla: use una sola para ambos.</translation>
    </message>
    <message>
      <source>Any but the operator's</source>
      <translation>Cualquiera menos la del operador</translation>
    </message>
    <message>
      <source>Screen {number}</source>
      <translation>Pantalla {number}</translation>
    </message>
    <message>
      <source>{words} = “{text}”: must be a whole number from {low} to {high}.</source>
      <translation>{words} = «{text}»: debe ser un número entero de {low} a {high}.</translation>
    </message>
    <message>
      <source>Test tone</source>
      <translation>Tono de prueba</translation>
    </message>
    <message>
      <source>Volume</source>
      <translation>Volumen</translation>
    </message>
    <message>
      <source>The volume holds where a client's plan says nothing else. Full volume is soft already.</source>
      <translation>Este volumen vale si el plan del cliente no indica otro. El volumen máximo ya es suave.</translation>
    </message>
    <message>
      <source>Operator</source>
      <translation>Operador</translation>
    </message>
    <message>
      <source>A soft tone when something needs a hand</source>
      <translation>Un tono suave cuando algo requiere su atención</translation>
    </message>
    <message>
      <source>It needs a device that the client does not hear; on the client's own device it stays silent, and the bar at the top of the window says it alone.</source>
      <translation>Necesita un dispositivo que el cliente no oiga; en el propio dispositivo del cliente no suena, y solo lo indica la barra de la parte superior de la ventana.</translation>
    </message>
    <message>
      <source>Device for alerts</source>
      <translation>Dispositivo de avisos</translation>
    </message>
    <message>
      <source>Volume of alerts</source>
      <translation>Volumen de avisos</translation>
    </message>
    <message>
      <source>No sound device was found. Sessions work without: rewards are shown.</source>
      <translation>No se encontró ningún dispositivo de sonido. Las sesiones funcionan sin él: las recompensas se muestran.</translation>
    </message>
    <message>
      <source>The system's default device</source>
      <translation>El dispositivo por defecto del sistema</translation>
    </message>
    <message>
      <source>None</source>
      <translation>Ninguno</translation>
    </message>
    <message>
      <source>Choose a device for alerts first.</source>
      <translation>Elija antes un dispositivo de avisos.</translation>
    </message>
    <message>
      <source>A soft tone sounds on {device}.</source>
      <translation>Suena un tono suave en {device}.</translation>
    </message>
    <message>
      <source>Nothing is heard: {why}.</source>
      <translation>No se oye nada: {why}.</translation>
    </message>
    <message>
      <source>The program could not be loaded: {error}</source>
      <translation>No se pudo cargar el programa: {error}</translation>
    </message>
    <message>
      <source>Review</source>
      <translation>Revisar</translation>
    </message>
    <message>
      <source>The check-in is not finished.</source>
      <translation>El cuestionario de entrada no está terminado.</translation>
    </message>
    <message>
      <source>Go on with it</source>
      <translation>Seguir con ella</translation>
    </message>
    <message>
      <source>Close without it</source>
      <translation>Cerrar sin ella</translation>
    </message>
    <message>
      <source>A neurofeedback session is running.</source>
      <translation>Hay una sesión de neurofeedback en curso.</translation>
    </message>
    <message>
      <source>This computer may go to sleep by itself: switch that off in its power settings.</source>
      <translation>Este equipo puede suspenderse solo: desactívelo en sus ajustes de energía.</translation>
    </message>
    <message>
      <source>The computer slept for {time}. What was recorded before is safe; look at the signal.</source>
      <translation>El equipo estuvo suspendido {time}. Lo registrado antes está a salvo; mire la señal.</translation>
    </message>
    <message>
      <source>The raw EEG runs from left to right. Hatched time is held: the words above say why, and it never counts.</source>
      <translation>El EEG bruto corre de izquierda a derecha. El tiempo rayado está en espera: las palabras de arriba dicen por qué, y nunca cuenta.</translation>
    </message>
    <message>
      <source>Drag the marker on a bar to move its threshold; {up} {down} choose the bar, {less} {more} move it by 2 %, {undo} undoes.</source>
      <translation>Arrastre la marca de una barra para mover su umbral; {up} {down} eligen la barra, {less} {more} lo mueven un 2 %, {undo} deshace.</translation>
    </message>
    <message>
      <source>Hold keeps the thresholds of the clean baseline. Auto follows the signal, and hides learning.</source>
      <translation>Fijos mantiene los umbrales de la línea base limpia. Auto sigue la señal y oculta el aprendizaje.</translation>
    </message>
    <message>
      <source>{mark} marks a moment, 1 to 9 say what it was, {note} writes a note. All of it goes into the recording.</source>
      <translation>{mark} marca un momento, de 1 a 9 dicen qué fue, {note} escribe una nota. Todo ello queda en el registro.</translation>
    </message>
    <message>
      <source>{key} shows the client's view on the whole screen; the small picture below the traces is its mirror.</source>
      <translation>{key} muestra la vista del cliente en toda la pantalla; la imagen pequeña bajo los trazos es su espejo.</translation>
    </message>
    <message>
      <source>“Make it worse” lets you meet the alarms: blinks, muscle, lost contact, a drop-out, a lost link.</source>
      <translation>«Empeorarla» le permite conocer las alarmas: parpadeos, músculo, falta de contacto, un corte, falta de enlace.</translation>
    </message>
    <message>
      <source>Mood</source>
      <translation>Ánimo</translation>
    </message>
    <message>
      <source>very low</source>
      <translation>muy bajo</translation>
    </message>
    <message>
      <source>very good</source>
      <translation>muy bueno</translation>
    </message>
    <message>
      <source>Energy</source>
      <translation>Energía</translation>
    </message>
    <message>
      <source>plenty</source>
      <translation>mucha</translation>
    </message>
    <message>
      <source>Stress</source>
      <translation>Estrés</translation>
    </message>
    <message>
      <source>very much</source>
      <translation>mucho</translation>
    </message>
    <message>
      <source>Sleep</source>
      <translation>Sueño</translation>
    </message>
    <message>
      <source>very poor</source>
      <translation>muy deficiente</translation>
    </message>
    <message>
      <source>No</source>
      <translation>No</translation>
    </message>
    <message>
      <source>Yes …</source>
      <translation>Sí …</translation>
    </message>
    <message>
      <source>Note on today</source>
      <translation>Nota sobre hoy</translation>
    </message>
    <message>
      <source>Show on client screen</source>
      <translation>Mostrar en pantalla del cliente</translation>
    </message>
    <message>
      <source>Next: signal  ⏎</source>
      <translation>Siguiente: señal  ⏎</translation>
    </message>
    <message>
      <source>Visit {n} · {client}</source>
      <translation>Visita {n} · {client}</translation>
    </message>
    <message>
      <source>after the last visit: {effects}</source>
      <translation>tras la última visita: {effects}</translation>
    </message>
    <message>
      <source>alpha peak {hz} Hz, visit {n}</source>
      <translation>pico alfa {hz} Hz, visita {n}</translation>
    </message>
    <message>
      <source>Own items</source>
      <translation>Ítems propios</translation>
    </message>
    <message>
      <source>Medication or other treatment changed?</source>
      <translation>¿Ha cambiado la medicación u otro tratamiento?</translation>
    </message>
    <message>
      <source>Medication and other treatments change the EEG and the mood: what began, changed or stopped.</source>
      <translation>La medicación y otros tratamientos cambian el EEG y el ánimo: qué empezó, cambió o terminó.</translation>
    </message>
    <message>
      <source>No change</source>
      <translation>Sin cambios</translation>
    </message>
    <message>
      <source>Changed</source>
      <translation>Cambiado</translation>
    </message>
    <message>
      <source>Medication or other treatment: {said}</source>
      <translation>Medicación u otro tratamiento: {said}</translation>
    </message>
    <message>
      <source>Kept with the visit and printed in the session note.</source>
      <translation>Se guarda con la visita y se imprime en la nota de la sesión.</translation>
    </message>
    <message>
      <source>Back to the client's page; nothing is kept.</source>
      <translation>Volver a la página del cliente; no se guarda nada.</translation>
    </message>
    <message>
      <source>Keep the answers and go on to the signal check (Enter).</source>
      <translation>Guardar las respuestas y seguir con la comprobación de señal (Enter).</translation>
    </message>
    <message>
      <source>The client answers on their own screen, one question at a time.</source>
      <translation>El cliente responde en su propia pantalla, una pregunta cada vez.</translation>
    </message>
    <message>
      <source>Check-in, signal, baseline, training, wrap-up; the line is where the slot ends.</source>
      <translation>Llegada, señal, línea base, entrenamiento, cierre; la línea marca el fin de la cita.</translation>
    </message>
    <message>
      <source>What to mind with this client, and what the last visit left.</source>
      <translation>Qué tener en cuenta con este cliente y qué dejó la última visita.</translation>
    </message>
    <message>
      <source>Leave without it</source>
      <translation>Salir sin guardarlo</translation>
    </message>
    <message>
      <source>What was answered here is not kept if you leave.</source>
      <translation>Lo que se ha respondido aquí no se guarda si sale.</translation>
    </message>
    <message>
      <source>Choose a protocol.</source>
      <translation>Elija un protocolo.</translation>
    </message>
    <message>
      <source>The visit would end after its slot:</source>
      <translation>La visita terminaría después de su horario:</translation>
    </message>
    <message>
      <source>Use last visit's thresholds</source>
      <translation>Usar umbrales de la última visita</translation>
    </message>
    <message>
      <source>{runs} × {length}</source>
      <translation>{runs} × {length}</translation>
    </message>
    <message>
      <source>Hours slept</source>
      <translation>Horas de sueño</translation>
    </message>
    <message>
      <source>Caffeine, cups</source>
      <translation>Cafeína, tazas</translation>
    </message>
    <message>
      <source>Alcohol, drinks</source>
      <translation>Alcohol, copas</translation>
    </message>
    <message>
      <source>Hours of sleep last night. After a short night one is drowsy sooner.</source>
      <translation>Horas de sueño anoche. Tras una noche corta la somnolencia llega antes.</translation>
    </message>
    <message>
      <source>Cups of coffee, tea or cola so far today. Caffeine makes alpha smaller.</source>
      <translation>Tazas de café, té o cola en lo que va de día. La cafeína reduce el alfa.</translation>
    </message>
    <message>
      <source>Drinks since yesterday. Alcohol changes the EEG and the sleep.</source>
      <translation>Copas desde ayer. El alcohol cambia el EEG y el sueño.</translation>
    </message>
    <message>
      <source>In pain, or a headache, now. It is compared with what is told after the session.</source>
      <translation>Dolor o dolor de cabeza ahora. Se compara con lo que se diga tras la sesión.</translation>
    </message>
    <message>
      <source>Sleepy now. Drowsiness looks like theta, and hides learning.</source>
      <translation>Con sueño ahora. La somnolencia se parece a theta y oculta el aprendizaje.</translation>
    </message>
    <message>
      <source>Pain or headache</source>
      <translation>Dolor o dolor de cabeza</translation>
    </message>
    <message>
      <source>Drowsy</source>
      <translation>Somnolencia</translation>
    </message>
    <message>
      <source>Length of a run</source>
      <translation>Duración del tramo</translation>
    </message>
    <message>
      <source>client may end the break</source>
      <translation>el cliente puede acabar el descanso</translation>
    </message>
    <message>
      <source>Send EEG, feedback and markers to other programs while the session runs.</source>
      <translation>Enviar EEG, feedback y marcas a otros programas durante la sesión.</translation>
    </message>
    <message>
      <source>Comfort</source>
      <translation>Confort</translation>
    </message>
    <message>
      <source>Sets target, runs, feedback and sound for how the client is; each can then be changed.</source>
      <translation>Fija objetivo, tramos, feedback y sonido según el estado del cliente; cada uno puede cambiarse después.</translation>
    </message>
    <message>
      <source>What the EEG comes from, and where it is connected.</source>
      <translation>De dónde viene el EEG y dónde está conectado.</translation>
    </message>
    <message>
      <source>After a break the session waits until the client presses a key.</source>
      <translation>Tras una pausa la sesión espera a que el cliente pulse una tecla.</translation>
    </message>
    <message>
      <source>What the client hears all the while; its volume follows the feedback.</source>
      <translation>Lo que el cliente oye todo el tiempo; su volumen sigue al feedback.</translation>
    </message>
    <message>
      <source>Number of runs</source>
      <translation>Número de tramos</translation>
    </message>
    <message>
      <source>Length of a run, minutes and seconds</source>
      <translation>Duración del tramo, minutos y segundos</translation>
    </message>
    <message>
      <source>Break, minutes and seconds</source>
      <translation>Descanso, minutos y segundos</translation>
    </message>
    <message>
      <source>What the client sees</source>
      <translation>Lo que ve el cliente</translation>
    </message>
    <message>
      <source>What the client hears</source>
      <translation>Lo que oye el cliente</translation>
    </message>
    <message>
      <source>Tone for a reward</source>
      <translation>Tono de recompensa</translation>
    </message>
    <message>
      <source>thresholds of visit {n}</source>
      <translation>umbrales de la visita {n}</translation>
    </message>
    <message>
      <source>From {day}; the baseline is then one minute.</source>
      <translation>Del {day}; la línea base dura entonces un minuto.</translation>
    </message>
    <message>
      <source>Target, runs and feedback are the protocol’s.</source>
      <translation>El protocolo fija el objetivo, los tramos y el feedback.</translation>
    </message>
    <message>
      <source>Other programs: on</source>
      <translation>Otros programas: activo</translation>
    </message>
    <message>
      <source>Other programs …</source>
      <translation>Otros programas …</translation>
    </message>
    <message>
      <source>{field} = {text}: must be from {low} to {high}, minutes and seconds.</source>
      <translation>{field} = {text}: debe ser de {low} a {high}, minutos y segundos.</translation>
    </message>
    <message>
      <source>none of these</source>
      <translation>nada de esto</translation>
    </message>
    <message>
      <source>other …</source>
      <translation>otro …</translation>
    </message>
    <message>
      <source>Another effect</source>
      <translation>Otro efecto</translation>
    </message>
    <message>
      <source>What, in a few words</source>
      <translation>Qué, en pocas palabras</translation>
    </message>
    <message>
      <source>operator</source>
      <translation>operador</translation>
    </message>
    <message>
      <source>SIMULATED SIGNAL</source>
      <translation>SEÑAL SIMULADA</translation>
    </message>
    <message>
      <source>Reason for going on</source>
      <translation>Motivo para continuar</translation>
    </message>
    <message>
      <source>Why it is passed today (goes into the client book)</source>
      <translation>Por qué se pasa hoy (va al libro de clientes)</translation>
    </message>
    <message>
      <source>What was done, and with whom</source>
      <translation>Qué se hizo y con quién</translation>
    </message>
    <message>
      <source>Protocol's display</source>
      <translation>Pantalla del protocolo</translation>
    </message>
    <message>
      <source>Usual sound</source>
      <translation>Sonido habitual</translation>
    </message>
    <message>
      <source>tired</source>
      <translation>cansancio</translation>
    </message>
    <message>
      <source>headache</source>
      <translation>dolor de cabeza</translation>
    </message>
    <message>
      <source>wired</source>
      <translation>agitación</translation>
    </message>
    <message>
      <source>low mood</source>
      <translation>ánimo bajo</translation>
    </message>
    <message>
      <source>dizzy</source>
      <translation>mareo</translation>
    </message>
    <message>
      <source>mild</source>
      <translation>leve</translation>
    </message>
    <message>
      <source>moderate</source>
      <translation>moderado</translation>
    </message>
    <message>
      <source>severe</source>
      <translation>severo</translation>
    </message>
    <message>
      <source>calmer</source>
      <translation>más calma</translation>
    </message>
    <message>
      <source>same</source>
      <translation>igual</translation>
    </message>
    <message>
      <source>restless</source>
      <translation>inquietud</translation>
    </message>
    <message>
      <source>No run was finished.</source>
      <translation>No se terminó ningún tramo.</translation>
    </message>
    <message>
      <source>not judged</source>
      <translation>sin valorar</translation>
    </message>
    <message>
      <source>Reading the recording …</source>
      <translation>Leyendo el registro …</translation>
    </message>
    <message>
      <source>Amplitude and threshold: not read yet</source>
      <translation>Amplitud y umbral: aún sin leer</translation>
    </message>
    <message>
      <source>There is no recording to show.</source>
      <translation>No hay ninguna grabación que mostrar.</translation>
    </message>
    <message>
      <source>{feature} {value:.1f} {unit} on average</source>
      <translation>{feature} {value:.1f} {unit} de media</translation>
    </message>
    <message>
      <source>{minutes:.0f} min</source>
      <translation>{minutes:.0f} min</translation>
    </message>
    <message>
      <source>last {n}</source>
      <translation>última {n}</translation>
    </message>
    <message>
      <source>Thank you.</source>
      <translation>Muchas gracias.</translation>
    </message>
    <message>
      <source>not answered</source>
      <translation>sin responder</translation>
    </message>
    <message>
      <source>{n} of 10</source>
      <translation>{n} de 10</translation>
    </message>
    <message>
      <source>{n} min, ends {at}</source>
      <translation>{n} min, termina {at}</translation>
    </message>
    <message>
      <source>{words} · slot ends {at}</source>
      <translation>{words} · el horario acaba {at}</translation>
    </message>
    <message>
      <source>Name, e.g. sertraline</source>
      <translation>Nombre, p. ej., sertralina</translation>
    </message>
    <message>
      <source>Time</source>
      <translation>Hora</translation>
    </message>
    <message>
      <source>What kind of treatment it is</source>
      <translation>Qué tipo de tratamiento es</translation>
    </message>
    <message>
      <source>Name of the medication or treatment</source>
      <translation>Nombre del medicamento o tratamiento</translation>
    </message>
    <message>
      <source>Whether it began, was changed, or stopped</source>
      <translation>Si empezó, se cambió o terminó</translation>
    </message>
    <message>
      <source>Dose with its unit, as it is now</source>
      <translation>Dosis con su unidad, como es ahora</translation>
    </message>
    <message>
      <source>The day on which it happened</source>
      <translation>El día en que ocurrió</translation>
    </message>
    <message>
      <source>The time of the day, if it is known</source>
      <translation>La hora, si se conoce</translation>
    </message>
    <message>
      <source>Not in the client book yet: {error}</source>
      <translation>Aún no está en el libro de clientes: {error}</translation>
    </message>
    <message>
      <source>Write the code of the right client and why.</source>
      <translation>Escriba el código del cliente correcto y el motivo.</translation>
    </message>
    <message>
      <source>The session belongs to {client} now.</source>
      <translation>La sesión pertenece ahora a {client}.</translation>
    </message>
    <message>
      <source>Note of this visit</source>
      <translation>Nota de esta visita</translation>
    </message>
    <message>
      <source>Next visit</source>
      <translation>Próxima visita</translation>
    </message>
    <message>
      <source>Sign as</source>
      <translation>Firmar como</translation>
    </message>
    <message>
      <source>Client PDF</source>
      <translation>PDF cliente</translation>
    </message>
    <message>
      <source>Note PDF</source>
      <translation>PDF nota</translation>
    </message>
    <message>
      <source>Wrong client …</source>
      <translation>Cliente erróneo …</translation>
    </message>
    <message>
      <source>Save &amp;&amp; close</source>
      <translation>Guardar y cerrar</translation>
    </message>
    <message>
      <source>Save and close (Ctrl+Enter)</source>
      <translation>Guardar y cerrar (Ctrl+Enter)</translation>
    </message>
    <message>
      <source>Leave without</source>
      <translation>Salir sin guardar</translation>
    </message>
    <message>
      <source>The recording is on disk</source>
      <translation>El registro está en el disco</translation>
    </message>
    <message>
      <source>Code of the right client</source>
      <translation>Código del cliente correcto</translation>
    </message>
    <message>
      <source>Why (goes into both audit trails)</source>
      <translation>Motivo (va a ambos historiales de auditoría)</translation>
    </message>
    <message>
      <source>Reassign session</source>
      <translation>Reasignar sesión</translation>
    </message>
    <message>
      <source>Before → after</source>
      <translation>Antes → después</translation>
    </message>
    <message>
      <source>Any of these?</source>
      <translation>¿Algo de esto?</translation>
    </message>
    <message>
      <source>Amplitude and threshold</source>
      <translation>Amplitud y umbral</translation>
    </message>
    <message>
      <source>The recording is saved.</source>
      <translation>El registro está guardado.</translation>
    </message>
    <message>
      <source>Consider a shorter plan next time.</source>
      <translation>Considere un plan más corto la próxima vez.</translation>
    </message>
    <message>
      <source>{share} in range</source>
      <translation>{share} en rango</translation>
    </message>
    <message>
      <source>Same plan, {runs}</source>
      <translation>Mismo plan, {runs}</translation>
    </message>
    <message>
      <source>Shorter runs, {runs}</source>
      <translation>Tramos más cortos, {runs}</translation>
    </message>
    <message>
      <source>Fewer runs, {runs}</source>
      <translation>Menos tramos, {runs}</translation>
    </message>
    <message>
      <source>Easier, target {share}</source>
      <translation>Más fácil, objetivo {share}</translation>
    </message>
    <message>
      <source>dwell {so_far} of {needed} s</source>
      <translation>permanencia {so_far} de {needed} s</translation>
    </message>
    <message>
      <source>in range; next reward in {n} s</source>
      <translation>en rango; próxima recompensa en {n} s</translation>
    </message>
    <message>
      <source>in range; has not fallen back since the last reward</source>
      <translation>en rango; no ha retrocedido desde la última recompensa</translation>
    </message>
    <message>
      <source>no threshold yet</source>
      <translation>aún sin umbral</translation>
    </message>
    <message>
      <source>{stage}: no feedback in this stage</source>
      <translation>{stage}: sin feedback en esta etapa</translation>
    </message>
    <message>
      <source>{cause} on {site}</source>
      <translation>{cause} en {site}</translation>
    </message>
    <message>
      <source>{feature} {amount} under its threshold</source>
      <translation>{feature} {amount} por debajo de su umbral</translation>
    </message>
    <message>
      <source>{feature} {amount} over its limit</source>
      <translation>{feature} {amount} por encima de su límite</translation>
    </message>
    <message>
      <source>Eyes closed, log power · {sites}</source>
      <translation>Ojos cerrados, potencia log · {sites}</translation>
    </message>
    <message>
      <source>dashed: 1/f</source>
      <translation>discontinua: 1/f</translation>
    </message>
    <message>
      <source>Change …</source>
      <translation>Cambiar …</translation>
    </message>
    <message>
      <source>Set the alpha peak by hand, with a reason</source>
      <translation>Fijar el pico alfa a mano, con un motivo</translation>
    </message>
    <message>
      <source>Hz or none</source>
      <translation>Hz o none</translation>
    </message>
    <message>
      <source>Alpha peak, from 5 to 15 Hz, or none</source>
      <translation>Pico alfa, de 5 a 15 Hz, o none</translation>
    </message>
    <message>
      <source>An alpha peak lies from {low} to {high} Hz; or write none.</source>
      <translation>Un pico alfa está entre {low} y {high} Hz; o escriba none.</translation>
    </message>
    <message>
      <source>Say why, so that a reader of the session knows.</source>
      <translation>Diga por qué, para que lo sepa quien lea la sesión.</translation>
    </message>
    <message>
      <source>The protocol's bands do not fit this peak: {why}</source>
      <translation>Las bandas del protocolo no encajan con este pico: {why}</translation>
    </message>
    <message>
      <source>Fixed bands, by hand: {reason}</source>
      <translation>Bandas fijas, a mano: {reason}</translation>
    </message>
    <message>
      <source>Alpha peak {hz} Hz, by hand: {reason}</source>
      <translation>Pico alfa {hz} Hz, a mano: {reason}</translation>
    </message>
    <message>
      <source>No clear peak: {reason}; the fixed bands are used</source>
      <translation>Sin pico claro: {reason}; se usan las bandas fijas</translation>
    </message>
    <message>
      <source>No alpha peak is known; the fixed bands are used</source>
      <translation>No se conoce pico alfa; se usan las bandas fijas</translation>
    </message>
    <message>
      <source>Alpha peak {hz} Hz, from before this session</source>
      <translation>Pico alfa {hz} Hz, de antes de esta sesión</translation>
    </message>
    <message>
      <source>Alpha peak outside what the protocol's bands allow; the fixed bands are used</source>
      <translation>Pico alfa fuera de lo que permiten las bandas del protocolo; se usan las bandas fijas</translation>
    </message>
    <message>
      <source>Alpha peak {hz} Hz</source>
      <translation>Pico alfa {hz} Hz</translation>
    </message>
    <message>
      <source>fixed</source>
      <translation>fijo</translation>
    </message>
    <message>
      <source>Alpha peak: {now}. Set it by hand</source>
      <translation>Pico alfa: {now}. Fijarlo a mano</translation>
    </message>
    <message>
      <source>above threshold</source>
      <translation>por encima del umbral</translation>
    </message>
    <message>
      <source>below threshold</source>
      <translation>por debajo del umbral</translation>
    </message>
    <message>
      <source>{share} percent</source>
      <translation>{share} por ciento</translation>
    </message>
    <message>
      <source>⊘ blocks the reward</source>
      <translation>⊘ bloquea la recompensa</translation>
    </message>
    <message>
      <source>expected: unknown before a baseline</source>
      <translation>esperado: no se sabe antes de una línea base</translation>
    </message>
    <message>
      <source>expected {alone} · all {together}</source>
      <translation>esperado {alone} · todas {together}</translation>
    </message>
    <message>
      <source>{share} expected</source>
      <translation>{share} esperado</translation>
    </message>
    <message>
      <source>Hold</source>
      <translation>Fijos</translation>
    </message>
    <message>
      <source>Thresholds stay where they are</source>
      <translation>Los umbrales se quedan donde están</translation>
    </message>
    <message>
      <source>Auto</source>
      <translation>Auto</translation>
    </message>
    <message>
      <source>Thresholds are estimated anew at each run, once more if it goes astray</source>
      <translation>Los umbrales se estiman de nuevo en cada tramo, y una vez más si se desvía</translation>
    </message>
    <message>
      <source>Aim 5 % lower</source>
      <translation>Objetivo 5 % más bajo</translation>
    </message>
    <message>
      <source>Aim 5 % higher</source>
      <translation>Objetivo 5 % más alto</translation>
    </message>
    <message>
      <source>Aim lower</source>
      <translation>Bajar objetivo</translation>
    </message>
    <message>
      <source>Aim higher</source>
      <translation>Subir objetivo</translation>
    </message>
    <message>
      <source>♪ sound</source>
      <translation>♪ sonido</translation>
    </message>
    <message>
      <source>chime</source>
      <translation>campanada</translation>
    </message>
    <message>
      <source>Volume of {what}</source>
      <translation>Volumen de {what}</translation>
    </message>
    <message>
      <source>Client view</source>
      <translation>Vista del cliente</translation>
    </message>
    <message>
      <source>A picture takes {ms:.0f} ms to paint here: small details are left out.</source>
      <translation>Dibujar una imagen tarda aquí {ms:.0f} ms: se omiten los detalles pequeños.</translation>
    </message>
    <message>
      <source>A picture takes {ms:.0f} ms to paint here: it is painted at half its size.</source>
      <translation>Dibujar una imagen tarda aquí {ms:.0f} ms: se dibuja a la mitad de su tamaño.</translation>
    </message>
    <message>
      <source>A picture takes {ms:.0f} ms to paint here: half its size, every second picture.</source>
      <translation>Dibujar una imagen tarda aquí {ms:.0f} ms: mitad de tamaño, una de cada dos imágenes.</translation>
    </message>
    <message>
      <source>contact</source>
      <translation>contacto</translation>
    </message>
    <message>
      <source>mains</source>
      <translation>red eléctrica</translation>
    </message>
    <message>
      <source>good</source>
      <translation>bien</translation>
    </message>
    <message>
      <source>now</source>
      <translation>ahora</translation>
    </message>
    <message>
      <source>just now</source>
      <translation>hace poco</translation>
    </message>
    <message>
      <source>low</source>
      <translation>baja</translation>
    </message>
    <message>
      <source>high</source>
      <translation>alto</translation>
    </message>
    <message>
      <source>Dismiss</source>
      <translation>Descartar</translation>
    </message>
    <message>
      <source>Letters are letters while you type. Esc closes this and never ends anything.</source>
      <translation>Las letras son letras mientras escribe. Esc cierra esto y nunca termina nada.</translation>
    </message>
    <message>
      <source>Lab Streaming Layer</source>
      <translation>Lab Streaming Layer</translation>
    </message>
    <message>
      <source>EEG, feedback and markers for other programs</source>
      <translation>EEG, feedback y marcadores para otros programas</translation>
    </message>
    <message>
      <source>LSL: off</source>
      <translation>LSL: no</translation>
    </message>
    <message>
      <source>LSL: this computer</source>
      <translation>LSL: este ordenador</translation>
    </message>
    <message>
      <source>LSL: network</source>
      <translation>LSL: red</translation>
    </message>
    <message>
      <source>OSC host:port</source>
      <translation>OSC host:puerto</translation>
    </message>
    <message>
      <source>OSC address</source>
      <translation>Dirección OSC</translation>
    </message>
    <message>
      <source>Where feedback and rewards are sent as OSC messages, e.g. localhost:9000</source>
      <translation>Adónde se envían feedback y recompensas como mensajes OSC, p. ej. localhost:9000</translation>
    </message>
    <message>
      <source>Use this baseline's thresholds</source>
      <translation>Usar los umbrales de esta línea base</translation>
    </message>
    <message>
      <source>Train</source>
      <translation>Entrenar</translation>
    </message>
    <message>
      <source>Proposed thresholds</source>
      <translation>Umbrales propuestos</translation>
    </message>
    <message>
      <source>all together: {share} expected</source>
      <translation>todas juntas: {share} esperado</translation>
    </message>
    <message>
      <source>The conditions together leave little to be rewarded. Easing them keeps the client with it.</source>
      <translation>Las condiciones juntas dejan poco que recompensar. Facilitarlas ayuda al cliente a seguir el ejercicio.</translation>
    </message>
    <message>
      <source>Ease to {share} overall</source>
      <translation>Facilitar hasta {share} en total</translation>
    </message>
    <message>
      <source>{feature} is slow and the baseline short: by chance alone it may be met {points} points more or less of the time than expected. {length} of clean baseline or more would tell.</source>
      <translation>{feature} es lento y la línea base corta: solo por azar puede cumplirse {points} puntos más o menos del tiempo de lo esperado. Con {length} o más de línea base limpia se sabría mejor.</translation>
    </message>
    <message>
      <source>No headset</source>
      <translation>Sin diadema</translation>
    </message>
    <message>
      <source>battery {n} %</source>
      <translation>batería {n} %</translation>
    </message>
    <message>
      <source>The headset, its link, and its battery where it tells.</source>
      <translation>El casco, su conexión y su batería, si la comunica.</translation>
    </message>
    <message>
      <source>in range, last 30 s</source>
      <translation>en rango, últimos 30 s</translation>
    </message>
    <message>
      <source>No clean time to judge yet</source>
      <translation>Aún no hay tiempo limpio que valorar</translation>
    </message>
    <message>
      <source>{share} run</source>
      <translation>{share} tramo</translation>
    </message>
    <message>
      <source>In range {recent} of the last 30 seconds, {run} of the run</source>
      <translation>En rango {recent} de los últimos 30 segundos, {run} del tramo</translation>
    </message>
    <message>
      <source>expected {share}</source>
      <translation>esperado {share}</translation>
    </message>
    <message>
      <source>loop {n} ms</source>
      <translation>bucle {n} ms</translation>
    </message>
    <message>
      <source> (95 %: {n})</source>
      <translation> (95 %: {n})</translation>
    </message>
    <message>
      <source>loss {share} %</source>
      <translation>pérdida {share} %</translation>
    </message>
    <message>
      <source>most of it in the headset's link</source>
      <translation>la mayor parte en el enlace de la diadema</translation>
    </message>
    <message>
      <source>most of it in the protocol's filters</source>
      <translation>la mayor parte en los filtros del protocolo</translation>
    </message>
    <message>
      <source>this computer is busy</source>
      <translation>este ordenador está ocupado</translation>
    </message>
    <message>
      <source>painting is slow</source>
      <translation>el dibujo es lento</translation>
    </message>
    <message>
      <source>Contact: {sites}</source>
      <translation>Contacto: {sites}</translation>
    </message>
    <message>
      <source>Spectrum</source>
      <translation>Espectro</translation>
    </message>
    <message>
      <source>Spectrum: waiting for two seconds of signal</source>
      <translation>Espectro: esperando dos segundos de señal</translation>
    </message>
    <message>
      <source>Spectrum of {sites}: largest at {peak} hertz</source>
      <translation>Espectro de {sites}: máximo en {peak} hercios</translation>
    </message>
    <message>
      <source>Last minute, Hz</source>
      <translation>Último minuto, Hz</translation>
    </message>
    <message>
      <source>Spectrum, µV/√Hz</source>
      <translation>Espectro, µV/√Hz</translation>
    </message>
    <message>
      <source>dotted: baseline</source>
      <translation>punteado: línea base</translation>
    </message>
    <message>
      <source>−60 s</source>
      <translation>−60 s</translation>
    </message>
    <message>
      <source>Signal</source>
      <translation>Señal</translation>
    </message>
    <message>
      <source>Summary</source>
      <translation>Resumen</translation>
    </message>
    <message>
      <source>Step {n} of {many}: {step}</source>
      <translation>Paso {n} de {many}: {step}</translation>
    </message>
    <message>
      <source>Raw EEG</source>
      <translation>EEG bruto</translation>
    </message>
    <message>
      <source>gap {n} s</source>
      <translation>hueco {n} s</translation>
    </message>
    <message>
      <source>gap</source>
      <translation>hueco</translation>
    </message>
    <message>
      <source>Waiting for the first sample</source>
      <translation>Esperando la primera muestra</translation>
    </message>
    <message>
      <source>How the traces are drawn: scale, sweep, filter. The recording is not filtered.</source>
      <translation>Cómo se dibujan los trazos: escala, barrido, filtro. El registro no se filtra.</translation>
    </message>
    <message>
      <source>Larger traces</source>
      <translation>Trazos más grandes</translation>
    </message>
    <message>
      <source>Smaller traces</source>
      <translation>Trazos más pequeños</translation>
    </message>
    <message>
      <source>notch {hz}</source>
      <translation>notch {hz}</translation>
    </message>
    <message>
      <source>Session so far: no training yet</source>
      <translation>Sesión hasta ahora: aún sin entrenamiento</translation>
    </message>
    <message>
      <source>Session so far: in range {first} at first, {last} lately</source>
      <translation>Sesión hasta ahora: en rango {first} al principio, {last} últimamente</translation>
    </message>
    <message>
      <source>In range · {feature}{unit}, threshold dashed</source>
      <translation>En rango · {feature}{unit}, umbral discontinuo</translation>
    </message>
    <message>
      <source>unknown</source>
      <translation>se desconoce</translation>
    </message>
    <message>
      <source>{n} microvolt</source>
      <translation>{n} microvoltios</translation>
    </message>
    <message>
      <source>{n} microvolt squared</source>
      <translation>{n} microvoltios al cuadrado</translation>
    </message>
    <message>
      <source>connecting</source>
      <translation>conectando</translation>
    </message>
    <message>
      <source>waiting for the first sample</source>
      <translation>esperando la primera muestra</translation>
    </message>
    <message>
      <source>streaming</source>
      <translation>transmitiendo</translation>
    </message>
    <message>
      <source>no samples</source>
      <translation>sin muestras</translation>
    </message>
    <message>
      <source>link lost</source>
      <translation>enlace perdido</translation>
    </message>
    <message>
      <source>reconnecting</source>
      <translation>reconectando</translation>
    </message>
    <message>
      <source>no connection</source>
      <translation>sin conexión</translation>
    </message>
    <message>
      <source>ended</source>
      <translation>terminado</translation>
    </message>
    <message>
      <source>{parts} parts, one run in each: {total} min of training in all</source>
      <translation>{parts} partes, un tramo en cada una: {total} min de entrenamiento en total</translation>
    </message>
    <message>
      <source>{parts} parts, {n} runs in each: {total} min of training in all</source>
      <translation>{parts} partes, {n} tramos en cada una: {total} min de entrenamiento en total</translation>
    </message>
    <message>
      <source>Your session of {day}</source>
      <translation>Su sesión del {day}</translation>
    </message>
    <message>
      <source>Your session</source>
      <translation>Su sesión</translation>
    </message>
    <message>
      <source>What we trained</source>
      <translation>Qué hemos entrenado</translation>
    </message>
    <message>
      <source>How you felt</source>
      <translation>Cómo se ha sentido</translation>
    </message>
    <message>
      <source>before</source>
      <translation>antes</translation>
    </message>
    <message>
      <source>after</source>
      <translation>después</translation>
    </message>
    <message>
      <source>not asked today</source>
      <translation>hoy no se preguntó</translation>
    </message>
    <message>
      <source>Over your visits</source>
      <translation>A lo largo de sus visitas</translation>
    </message>
    <message>
      <source>Each dot is one visit. Where a dot is missing it was not asked, and no line is drawn across.</source>
      <translation>Cada punto es una visita. Donde falta un punto no se preguntó, y no se traza línea.</translation>
    </message>
    <message>
      <source>to be arranged</source>
      <translation>por concertar</translation>
    </message>
    <message>
      <source>Course report {who}</source>
      <translation>Informe del curso {who}</translation>
    </message>
    <message>
      <source>Did the trained signal change?</source>
      <translation>¿Cambió la señal entrenada?</translation>
    </message>
    <message>
      <source>Session by session</source>
      <translation>Sesión a sesión</translation>
    </message>
    <message>
      <source>Comment</source>
      <translation>Comentario</translation>
    </message>
    <message>
      <source>On one time axis</source>
      <translation>Sobre un eje de tiempo</translation>
    </message>
    <message>
      <source>Session note {who}, session {n}</source>
      <translation>Nota de sesión {who}, sesión {n}</translation>
    </message>
    <message>
      <source>Check-in</source>
      <translation>Preguntas iniciales</translation>
    </message>
    <message>
      <source>Treatment changes:</source>
      <translation>Cambios de tratamiento:</translation>
    </message>
    <message>
      <source>Training</source>
      <translation>Entrenamiento</translation>
    </message>
    <message>
      <source>Change in this session</source>
      <translation>Cambio en esta sesión</translation>
    </message>
    <message>
      <source>Billing code:</source>
      <translation>Código de facturación:</translation>
    </message>
    <message>
      <source>Date and signature:</source>
      <translation>Fecha y firma:</translation>
    </message>
    <message>
      <source>samples lost</source>
      <translation>muestras perdidas</translation>
    </message>
    <message>
      <source>amplifier at its limit</source>
      <translation>amplificador al límite</translation>
    </message>
    <message>
      <source>flat signal</source>
      <translation>señal plana</translation>
    </message>
    <message>
      <source>electrode pop</source>
      <translation>salto de electrodo</translation>
    </message>
    <message>
      <source>movement</source>
      <translation>movimiento</translation>
    </message>
    <message>
      <source>jump</source>
      <translation>salto</translation>
    </message>
    <message>
      <source>head movement</source>
      <translation>movimiento de cabeza</translation>
    </message>
    <message>
      <source>no valid number</source>
      <translation>número no válido</translation>
    </message>
    <message>
      <source>filters settling</source>
      <translation>filtros ajustándose</translation>
    </message>
    <message>
      <source>poor contact</source>
      <translation>contacto débil</translation>
    </message>
    <message>
      <source>completed</source>
      <translation>completada</translation>
    </message>
    <message>
      <source>stopped by the operator</source>
      <translation>detenida por el operador</translation>
    </message>
    <message>
      <source>time limit</source>
      <translation>límite de tiempo</translation>
    </message>
    <message>
      <source>device gone</source>
      <translation>sin dispositivo</translation>
    </message>
    <message>
      <source>end of the data</source>
      <translation>fin de los datos</translation>
    </message>
    <message>
      <source>interrupted</source>
      <translation>interrumpida</translation>
    </message>
    <message>
      <source>error</source>
      <translation>error</translation>
    </message>
    <message>
      <source>no valid numbers</source>
      <translation>números no válidos</translation>
    </message>
    <message>
      <source>check the headset's connection</source>
      <translation>compruebe la conexión de la diadema</translation>
    </message>
    <message>
      <source>brush hair back, moisten, press 5 s; check reference and ground</source>
      <translation>aparte el pelo, humedezca, presione 5 s; compruebe referencia y tierra</translation>
    </message>
    <message>
      <source>plug the electrode in; check its cable</source>
      <translation>enchufe el electrodo; compruebe su cable</translation>
    </message>
    <message>
      <source>no contact: {fast_uv} µV of noise</source>
      <translation>sin contacto: {fast_uv} µV de ruido</translation>
    </message>
    <message>
      <source>brush hair back, moisten, press 5 s</source>
      <translation>aparte el pelo, humedezca, presione 5 s</translation>
    </message>
    <message>
      <source>no contact: {fast_uv} µV of noise and {line_uv} µV of mains</source>
      <translation>sin contacto: {fast_uv} µV de ruido y {line_uv} µV de red</translation>
    </message>
    <message>
      <source>muscle: {fast_uv} µV of 20–45 Hz</source>
      <translation>músculo: {fast_uv} µV de 20–45 Hz</translation>
    </message>
    <message>
      <source>relax the jaw and forehead; if it stays: brush hair back, moisten, press 5 s</source>
      <translation>relaje la mandíbula y la frente; si sigue: aparte el pelo, humedezca, presione 5 s</translation>
    </message>
    <message>
      <source>large swings: {rms_uv} µV</source>
      <translation>oscilaciones grandes: {rms_uv} µV</translation>
    </message>
    <message>
      <source>sit still, rest the eyes; if it stays: brush hair back, moisten, press 5 s</source>
      <translation>no se mueva, descanse los ojos; si sigue: aparte el pelo, humedezca, presione 5 s</translation>
    </message>
    <message>
      <source>mains: {line_uv} µV of {line_hz} Hz</source>
      <translation>red: {line_uv} µV de {line_hz} Hz</translation>
    </message>
    <message>
      <source>move charger and cables away, unplug the laptop's charger; check reference and ground</source>
      <translation>aleje el cargador y los cables, desenchufe el cargador del portátil; compruebe referencia y tierra</translation>
    </message>
    <message>
      <source>same signal as {twin}: bridged</source>
      <translation>misma señal que {twin}: puente</translation>
    </message>
    <message>
      <source>dry the skin between it and {twin}; check the plugs</source>
      <translation>seque la piel entre este y {twin}; compruebe los conectores</translation>
    </message>
    <message>
      <source>very small signal: {rms_uv} µV</source>
      <translation>señal muy pequeña: {rms_uv} µV</translation>
    </message>
    <message>
      <source>brush hair back, moisten, press 5 s; check that it does not touch the reference</source>
      <translation>aparte el pelo, humedezca, presione 5 s; compruebe que no toque la referencia</translation>
    </message>
    <message>
      <source>samples missing</source>
      <translation>faltan muestras</translation>
    </message>
    <message>
      <source>bring headset and receiver closer together</source>
      <translation>acerque la diadema y el receptor</translation>
    </message>
    <message>
      <source>waiting for 1 s of signal</source>
      <translation>esperando 1 s de señal</translation>
    </message>
    <message>
      <source>too little clean EEG: {clean} s, needs {needed} s</source>
      <translation>demasiado poco EEG limpio: {clean} s, se necesitan {needed} s</translation>
    </message>
    <message>
      <source>no peak between 7 and 13 Hz</source>
      <translation>ningún pico entre 7 y 13 Hz</translation>
    </message>
    <message>
      <source>highest point {height} dB above the 1/f line, needs {needed} dB</source>
      <translation>punto más alto {height} dB sobre la línea 1/f, se necesitan {needed} dB</translation>
    </message>
    <message>
      <source>a plateau around {hz} Hz, not a peak</source>
      <translation>una meseta en torno a {hz} Hz, no un pico</translation>
    </message>
    <message>
      <source>peak at {hz} Hz is not found again in both halves</source>
      <translation>el pico en {hz} Hz no vuelve a aparecer en ambas mitades</translation>
    </message>
    <message>
      <source>check</source>
      <translation>prueba</translation>
    </message>
    <message>
      <source>eyes open</source>
      <translation>ojos abiertos</translation>
    </message>
    <message>
      <source>eyes closed</source>
      <translation>ojos cerrados</translation>
    </message>
    <message>
      <source>alpha peak</source>
      <translation>pico alfa</translation>
    </message>
    <message>
      <source>rest</source>
      <translation>descanso</translation>
    </message>
    <message>
      <source>transfer</source>
      <translation>transferencia</translation>
    </message>
    <message>
      <source>end</source>
      <translation>fin</translation>
    </message>
    <message>
      <source>built in</source>
      <translation>incluido</translation>
    </message>
    <message>
      <source>Sines of 5 to 80 Hz, no EEG; nothing to connect.</source>
      <translation>Senos de 5 a 80 Hz, sin EEG; no hay nada que conectar.</translation>
    </message>
    <message>
      <source>BrainFlow synthetic board</source>
      <translation>Placa sintética de BrainFlow</translation>
    </message>
    <message>
      <source>synthetic</source>
      <translation>sintético</translation>
    </message>
    <message>
      <source>none needed</source>
      <translation>no hace falta</translation>
    </message>
    <message>
      <source>simulated</source>
      <translation>simulado</translation>
    </message>
    <message>
      <source>Scenario</source>
      <translation>Escenario</translation>
    </message>
    <message>
      <source>typical</source>
      <translation>típico</translation>
    </message>
    <message>
      <source>USB or serial port</source>
      <translation>USB o puerto serie</translation>
    </message>
    <message>
      <source>Set where the electrodes are before each session; the names are only the usual places. On Linux set the dongle's latency_timer to 1 ms, otherwise samples come in bursts of 16 ms.</source>
      <translation>Indique dónde están los electrodos antes de cada sesión; los nombres son solo los lugares habituales. En Linux ponga el latency_timer del adaptador a 1 ms; si no, las muestras llegan en ráfagas de 16 ms.</translation>
    </message>
    <message>
      <source>Serial port</source>
      <translation>Puerto serie</translation>
    </message>
    <message>
      <source>port of the board or its USB dongle, e.g. /dev/ttyUSB0, COM3, /dev/cu.usbserial-1</source>
      <translation>puerto de la placa o de su adaptador USB, p. ej., /dev/ttyUSB0, COM3, /dev/cu.usbserial-1</translation>
    </message>
    <message>
      <source>Set where the electrodes are before each session; the names are only the usual places. On Linux set the dongle's latency_timer to 1 ms, otherwise samples come in bursts of 16 ms. At 125 Hz bands end at 50 Hz.</source>
      <translation>Indique dónde están los electrodos antes de cada sesión; los nombres son solo los lugares habituales. En Linux ponga el latency_timer del adaptador a 1 ms; si no, las muestras llegan en ráfagas de 16 ms. A 125 Hz las bandas acaban en 50 Hz.</translation>
    </message>
    <message>
      <source>Bluetooth LE</source>
      <translation>Bluetooth LE</translation>
    </message>
    <message>
      <source>Set where the electrodes are before each session; the names are only the usual places. If it is not found, switch it off and on.</source>
      <translation>Indique dónde están los electrodos antes de cada sesión; los nombres son solo los lugares habituales. Si no se encuentra, apáguela y enciéndala.</translation>
    </message>
    <message>
      <source>Mac address</source>
      <translation>Dirección MAC</translation>
    </message>
    <message>
      <source>Bluetooth address; needed only if several headsets are near</source>
      <translation>dirección Bluetooth; solo hace falta si hay varias diademas cerca</translation>
    </message>
    <message>
      <source>Serial number</source>
      <translation>Número de serie</translation>
    </message>
    <message>
      <source>Bluetooth name, exactly as shown by the system, e.g. Muse-1A2B</source>
      <translation>nombre Bluetooth, tal como lo muestra el sistema, p. ej., Muse-1A2B</translation>
    </message>
    <message>
      <source>Other info</source>
      <translation>Otros datos</translation>
    </message>
    <message>
      <source>fw:2 for firmware 2; 3 is assumed</source>
      <translation>fw:2 para el firmware 2; se supone 3</translation>
    </message>
    <message>
      <source>Timeout</source>
      <translation>Tiempo límite</translation>
    </message>
    <message>
      <source>seconds to search for the headset</source>
      <translation>segundos para buscar la diadema</translation>
    </message>
    <message>
      <source>BLED112 dongle</source>
      <translation>adaptador BLED112</translation>
    </message>
    <message>
      <source>BrainFlow calls this board outdated; use the entry without -bled where the computer has Bluetooth.</source>
      <translation>BrainFlow da esta placa por anticuada; use la entrada sin -bled si el ordenador tiene Bluetooth.</translation>
    </message>
    <message>
      <source>network</source>
      <translation>red</translation>
    </message>
    <message>
      <source>The Wi-Fi shield is known to lose many samples. Set where the electrodes are before each session; the names are only the usual places.</source>
      <translation>Se sabe que el módulo Wi-Fi pierde muchas muestras. Indique dónde están los electrodos antes de cada sesión; los nombres son solo los lugares habituales.</translation>
    </message>
    <message>
      <source>Ip port</source>
      <translation>Puerto IP</translation>
    </message>
    <message>
      <source>port on this computer that the board may send to, e.g. 6677</source>
      <translation>puerto de este ordenador al que puede enviar la placa, p. ej., 6677</translation>
    </message>
    <message>
      <source>Ip address</source>
      <translation>Dirección IP</translation>
    </message>
    <message>
      <source>address of the board; found by itself if left out</source>
      <translation>dirección de la placa; si se omite, se busca sola</translation>
    </message>
    <message>
      <source>serial number; needed only if several are near</source>
      <translation>número de serie; solo hace falta si hay varias cerca</translation>
    </message>
    <message>
      <source>If streaming stops after minutes: charge the headset, close other programs that use it, remove it from the system's list of paired devices.</source>
      <translation>Si la transmisión se detiene tras unos minutos: cargue la diadema, cierre otros programas que la usen, quítela de la lista de dispositivos emparejados del sistema.</translation>
    </message>
    <message>
      <source>sensor preset, p21 (EEG) if left out, p50 adds the pulse sensor</source>
      <translation>preajuste del sensor, p21 (EEG) si se omite, p50 añade el sensor de pulso</translation>
    </message>
    <message>
      <source>sensor preset, p21 (EEG) if left out, p61 adds the pulse sensor</source>
      <translation>preajuste del sensor, p21 (EEG) si se omite, p61 añade el sensor de pulso</translation>
    </message>
    <message>
      <source>sensor preset, p21 (EEG) if left out</source>
      <translation>preajuste del sensor, p21 (EEG) si se omite</translation>
    </message>
    <message>
      <source>e.g. preset=p1041;low_latency=true</source>
      <translation>p. ej., preset=p1041;low_latency=true</translation>
    </message>
    <message>
      <source>It measures resistances only instead of EEG, so they stay empty during a session.</source>
      <translation>Solo mide resistencias en lugar de EEG, así que quedan vacías durante una sesión.</translation>
    </message>
    <message>
      <source>Set where the electrodes are before each session; the names are only the usual places.</source>
      <translation>Indique dónde están los electrodos antes de cada sesión; los nombres son solo los lugares habituales.</translation>
    </message>
    <message>
      <source>electrode set, as in BrainFlow's documentation</source>
      <translation>conjunto de electrodos, como en la documentación de BrainFlow</translation>
    </message>
    <message>
      <source>Bluetooth, paired</source>
      <translation>Bluetooth, emparejado</translation>
    </message>
    <message>
      <source>Pair it in the system's Bluetooth settings first; Linux needs libbluetooth3 and an x86-64 computer.</source>
      <translation>Empareje primero en los ajustes de Bluetooth del sistema; Linux necesita libbluetooth3 y un ordenador x86-64.</translation>
    </message>
    <message>
      <source>Switch OSC on in its app; headset and computer must be in the same Wi-Fi. Guest networks block it.</source>
      <translation>Active OSC en su aplicación; la diadema y el ordenador deben estar en la misma red Wi-Fi. Las redes de invitados lo bloquean.</translation>
    </message>
    <message>
      <source>port that the headset sends to, 9000 if left out</source>
      <translation>puerto al que envía la diadema, 9000 si se omite</translation>
    </message>
    <message>
      <source>Pair it in the system's Bluetooth settings first; Linux needs libbluetooth3.</source>
      <translation>Empareje primero en los ajustes de Bluetooth del sistema; Linux necesita libbluetooth3.</translation>
    </message>
    <message>
      <source>Bluetooth address of the paired headset (needed on Linux)</source>
      <translation>dirección Bluetooth de la diadema emparejada (necesaria en Linux)</translation>
    </message>
    <message>
      <source>Pair it in the system's Bluetooth settings first; Linux needs libbluetooth3. Set where the electrodes are before each session; the names are only the usual places.</source>
      <translation>Empareje primero en los ajustes de Bluetooth del sistema; Linux necesita libbluetooth3. Indique dónde están los electrodos antes de cada sesión; los nombres son solo los lugares habituales.</translation>
    </message>
    <message>
      <source>USB, vendor's driver</source>
      <translation>USB, driver del fabricante</translation>
    </message>
    <message>
      <source>Linux needs libusb-1.0-0. Set where the electrodes are before each session; the names are only the usual places.</source>
      <translation>Linux necesita libusb-1.0-0. Indique dónde están los electrodos antes de cada sesión; los nombres son solo los lugares habituales.</translation>
    </message>
    <message>
      <source>gain, e.g. {"gain":6}</source>
      <translation>ganancia, p. ej., {"gain":6}</translation>
    </message>
    <message>
      <source>the computer it is mounted on</source>
      <translation>el ordenador en el que va montada</translation>
    </message>
    <message>
      <source>Runs on the Raspberry Pi it is mounted on, with a BrainFlow compiled there. Set where the electrodes are before each session; the names are only the usual places.</source>
      <translation>Funciona en la Raspberry Pi en la que va montada, con un BrainFlow compilado allí. Indique dónde están los electrodos antes de cada sesión; los nombres son solo los lugares habituales.</translation>
    </message>
    <message>
      <source>SPI device, /dev/spidev0.0 if left out</source>
      <translation>dispositivo SPI, /dev/spidev0.0 si se omite</translation>
    </message>
    <message>
      <source>At 50 Hz only bands below 20 Hz can be trained.</source>
      <translation>A 50 Hz solo se pueden entrenar bandas por debajo de 20 Hz.</translation>
    </message>
    <message>
      <source>Bluetooth address</source>
      <translation>Dirección Bluetooth</translation>
    </message>
    <message>
      <source>address of this computer that the board connects to</source>
      <translation>dirección de este ordenador a la que se conecta la placa</translation>
    </message>
    <message>
      <source>port that the board connects to, 12345 if left out</source>
      <translation>puerto al que se conecta la placa, 12345 si se omite</translation>
    </message>
    <message>
      <source>Start streaming in the amplifier's own software first.</source>
      <translation>Inicie primero la transmisión en el software del amplificador.</translation>
    </message>
    <message>
      <source>name or source id of the stream; needed only if several EEG streams are seen</source>
      <translation>nombre o id de origen del flujo; solo hace falta si se ven varios flujos de EEG</translation>
    </message>
    <message>
      <source>Unit</source>
      <translation>Unidad</translation>
    </message>
    <message>
      <source>unit of its numbers, V, mV, uV or nV, where the stream does not tell it (uV is assumed)</source>
      <translation>unidad de sus números, V, mV, uV o nV, si el flujo no la indica (se supone uV)</translation>
    </message>
    <message>
      <source>Scope</source>
      <translation>Ámbito</translation>
    </message>
    <message>
      <source>machine (this computer, the default) or network</source>
      <translation>machine (este ordenador, por defecto) o network</translation>
    </message>
    <message>
      <source>safety_contact</source>
      <translation>contacto de seguridad</translation>
    </message>
    <message>
      <source>identity</source>
      <translation>nombre y fecha de nacimiento</translation>
    </message>
    <message>
      <source>consent</source>
      <translation>consentimiento</translation>
    </message>
    <message>
      <source>plan</source>
      <translation>plan</translation>
    </message>
    <message>
      <source>goal</source>
      <translation>objetivo</translation>
    </message>
    <message>
      <source>own_symptom</source>
      <translation>síntoma propio</translation>
    </message>
    <message>
      <source>rating</source>
      <translation>valoración</translation>
    </message>
    <message>
      <source>scale_result</source>
      <translation>resultado de cuestionario</translation>
    </message>
    <message>
      <source>treatment_event</source>
      <translation>tratamiento registrado</translation>
    </message>
    <message>
      <source>adverse_effect</source>
      <translation>efecto adverso</translation>
    </message>
    <message>
      <source>session</source>
      <translation>sesión</translation>
    </message>
    <message>
      <source>note</source>
      <translation>nota</translation>
    </message>
    <message>
      <source>amendment</source>
      <translation>enmienda</translation>
    </message>
    <message>
      <source>intake</source>
      <translation>cuestionario inicial</translation>
    </message>
    <message>
      <source>acknowledgement</source>
      <translation>confirmación</translation>
    </message>
    <message>
      <source>override</source>
      <translation>excepción</translation>
    </message>
    <message>
      <source>appointment</source>
      <translation>cita</translation>
    </message>
    <message>
      <source>photosensitive</source>
      <translation>fotosensible</translation>
    </message>
    <message>
      <source>seizure history</source>
      <translation>antecedente de crisis</translation>
    </message>
    <message>
      <source>implanted stimulator</source>
      <translation>estimulador implantado</translation>
    </message>
    <message>
      <source>medication that changes the EEG</source>
      <translation>medicación que cambia el EEG</translation>
    </message>
    <message>
      <source>psychosis</source>
      <translation>psicosis</translation>
    </message>
    <message>
      <source>skin, wound or allergy at the head</source>
      <translation>piel, herida o alergia en la cabeza</translation>
    </message>
    <message>
      <source>hearing</source>
      <translation>audición</translation>
    </message>
    <message>
      <source>other, see the remark</source>
      <translation>otro, véase la nota</translation>
    </message>
    <message>
      <source>medication</source>
      <translation>medicación</translation>
    </message>
    <message>
      <source>psychotherapy</source>
      <translation>psicoterapia</translation>
    </message>
    <message>
      <source>TMS (transcranial magnetic stimulation)</source>
      <translation>EMT (estimulación magnética transcraneal)</translation>
    </message>
    <message>
      <source>esketamine or ketamine</source>
      <translation>esketamina o ketamina</translation>
    </message>
    <message>
      <source>ECT (electroconvulsive therapy)</source>
      <translation>TEC (terapia electroconvulsiva)</translation>
    </message>
    <message>
      <source>DBS or VNS (implanted stimulator)</source>
      <translation>DBS o VNS (estimulador implantado)</translation>
    </message>
    <message>
      <source>psychedelic-assisted therapy</source>
      <translation>terapia asistida con psicodélicos</translation>
    </message>
    <message>
      <source>anaesthesia or sedation</source>
      <translation>anestesia o sedación</translation>
    </message>
    <message>
      <source>light therapy</source>
      <translation>terapia de luz</translation>
    </message>
    <message>
      <source>sleep therapy</source>
      <translation>terapia del sueño</translation>
    </message>
    <message>
      <source>exercise</source>
      <translation>ejercicio</translation>
    </message>
    <message>
      <source>nutrition</source>
      <translation>nutrición</translation>
    </message>
    <message>
      <source>genetic testing that informs medication</source>
      <translation>prueba genética que orienta la medicación</translation>
    </message>
    <message>
      <source>other</source>
      <translation>otro</translation>
    </message>
    <message>
      <source>spacey or foggy</source>
      <translation>niebla mental</translation>
    </message>
    <message>
      <source>nausea</source>
      <translation>náuseas</translation>
    </message>
    <message>
      <source>anxious</source>
      <translation>ansiedad</translation>
    </message>
    <message>
      <source>restless or irritable</source>
      <translation>inquietud o irritabilidad</translation>
    </message>
    <message>
      <source>low mood or crying</source>
      <translation>ánimo bajo o llanto</translation>
    </message>
    <message>
      <source>trouble falling asleep</source>
      <translation>dificultad para dormirse</translation>
    </message>
    <message>
      <source>vivid dreams</source>
      <translation>sueños vívidos</translation>
    </message>
    <message>
      <source>intrusive memories</source>
      <translation>recuerdos intrusivos</translation>
    </message>
    <message>
      <source>tingling or skin</source>
      <translation>hormigueo o piel</translation>
    </message>
    <message>
      <source>eye strain</source>
      <translation>vista cansada</translation>
    </message>
    <message>
      <source>seizure</source>
      <translation>crisis epiléptica</translation>
    </message>
    <message>
      <source>fainting</source>
      <translation>desmayo</translation>
    </message>
    <message>
      <source>Have you ever had a seizure, or do you have epilepsy?</source>
      <translation>¿Ha tenido alguna vez una crisis epiléptica o tiene epilepsia?</translation>
    </message>
    <message>
      <source>Photosafe feedback only, no flashing scenes.</source>
      <translation>Solo feedback fotoseguro, sin escenas con destellos.</translation>
    </message>
    <message>
      <source>Have you ever lost consciousness without a known cause?</source>
      <translation>¿Ha perdido alguna vez la conciencia sin causa conocida?</translation>
    </message>
    <message>
      <source>Has flickering light ever set off a seizure, in you or in your family?</source>
      <translation>¿Alguna vez una luz parpadeante ha provocado una crisis, en usted o en su familia?</translation>
    </message>
    <message>
      <source>Do you have an implanted stimulator (DBS, VNS, RNS, cochlear implant) or a pacemaker?</source>
      <translation>¿Lleva un estimulador implantado (DBS, VNS, RNS, implante coclear) o un marcapasos?</translation>
    </message>
    <message>
      <source>Log its settings and its on and off times; look for its artefact in the baseline; mark the session.</source>
      <translation>Anote sus ajustes y sus horas de encendido y apagado; busque su artefacto en la línea base; marque la sesión.</translation>
    </message>
    <message>
      <source>Have you ever lost touch with reality, heard or seen what others did not?</source>
      <translation>¿Ha perdido alguna vez el contacto con la realidad, o ha oído o visto lo que otros no percibían?</translation>
    </message>
    <message>
      <source>Alpha-theta and alpha-down training are locked.</source>
      <translation>El entrenamiento alfa-theta y el de bajar alfa quedan bloqueados.</translation>
    </message>
    <message>
      <source>Have you ever been unusually high or driven for days, or do you have a bipolar disorder?</source>
      <translation>¿Ha estado alguna vez durante días con una euforia o una actividad fuera de lo habitual, o tiene un trastorno bipolar?</translation>
    </message>
    <message>
      <source>Do you lose time, feel unreal, or live with the after-effects of trauma?</source>
      <translation>¿Tiene lagunas de tiempo, sensación de irrealidad o vive con las secuelas de un trauma?</translation>
    </message>
    <message>
      <source>Have you had a head or brain injury?</source>
      <translation>¿Ha tenido una lesión en la cabeza o en el cerebro?</translation>
    </message>
    <message>
      <source>Ask the clinician first.</source>
      <translation>Pregunte primero al clínico.</translation>
    </message>
    <message>
      <source>Do you have a neurological condition?</source>
      <translation>¿Tiene una afección neurológica?</translation>
    </message>
    <message>
      <source>Are you pregnant?</source>
      <translation>¿Está embarazada?</translation>
    </message>
    <message>
      <source>Do you have thoughts of death or of harming yourself?</source>
      <translation>¿Tiene pensamientos de muerte o de hacerse daño?</translation>
    </message>
    <message>
      <source>Show the crisis contact and talk first. Training never replaces crisis care.</source>
      <translation>Muestre el contacto de crisis y hable primero. El entrenamiento nunca sustituye la atención en crisis.</translation>
    </message>
    <message>
      <source>Do you take a benzodiazepine, an antiepileptic or a stimulant?</source>
      <translation>¿Toma una benzodiacepina, un antiepiléptico o un estimulante?</translation>
    </message>
    <message>
      <source>Log it at every visit: beta and alpha move with it.</source>
      <translation>Anótelo en cada visita: beta y alfa varían con ello.</translation>
    </message>
    <message>
      <source>Is there a wound on your scalp?</source>
      <translation>¿Tiene una herida en el cuero cabelludo?</translation>
    </message>
    <message>
      <source>Keep electrodes away from it.</source>
      <translation>Mantenga los electrodos lejos de ella.</translation>
    </message>
    <message>
      <source>Are you allergic to gel or metal?</source>
      <translation>¿Tiene alergia al gel o al metal?</translation>
    </message>
    <message>
      <source>Choose another gel or electrode.</source>
      <translation>Elija otro gel u otro electrodo.</translation>
    </message>
    <message>
      <source>Do you have a shunt, or has your skull been opened?</source>
      <translation>¿Tiene una derivación (shunt) o le han abierto el cráneo?</translation>
    </message>
    <message>
      <source>EEG is larger over an opening of the skull; keep off a shunt.</source>
      <translation>El EEG es mayor sobre una abertura del cráneo; no se acerque a la derivación (shunt).</translation>
    </message>
    <message>
      <source>Are you under 18?</source>
      <translation>¿Es menor de 18 años?</translation>
    </message>
    <message>
      <source>A guardian's consent is needed; sound stays below 75 dB.</source>
      <translation>Se necesita el consentimiento de un tutor; el sonido no supera los 75 dB.</translation>
    </message>
    <message>
      <source>Low energy / low mood</source>
      <translation>Poca energía / ánimo bajo</translation>
    </message>
    <message>
      <source>Calm scene or own film, no numbers.</source>
      <translation>Escena tranquila o película propia, sin números.</translation>
    </message>
    <message>
      <source>Say: you can stop at any time.</source>
      <translation>Diga: puede parar en cualquier momento.</translation>
    </message>
    <message>
      <source>Sensitive / anxious</source>
      <translation>Sensible / con ansiedad</translation>
    </message>
    <message>
      <source>Slow fades, no dark screen.</source>
      <translation>Transiciones lentas, sin pantalla oscura.</translation>
    </message>
    <message>
      <source>Child</source>
      <translation>Infantil</translation>
    </message>
    <message>
      <source>One sentence of instruction.</source>
      <translation>Una sola frase de instrucción.</translation>
    </message>
    <message>
      <source>A shrinking ring for the time.</source>
      <translation>Un anillo que se encoge para el tiempo.</translation>
    </message>
    <message>
      <source>A sticker whatever the result.</source>
      <translation>Una pegatina sea cual sea el resultado.</translation>
    </message>
    <message>
      <source>Photosensitive</source>
      <translation>Fotosensible</translation>
    </message>
    <message>
      <source>A film of the client's own may flash by itself: say so, or leave it out.</source>
      <translation>Una película propia del cliente puede tener destellos: dígalo o no la use.</translation>
    </message>
    <message>
      <source>Target, runs and feedback are fixed by the protocol; markers go to the file.</source>
      <translation>El protocolo fija el objetivo, los tramos y el feedback; los marcadores van al archivo.</translation>
    </message>
    <message>
      <source>Calm</source>
      <translation>Calma</translation>
    </message>
    <message>
      <source>tense</source>
      <translation>tensión</translation>
    </message>
    <message>
      <source>calm</source>
      <translation>calma</translation>
    </message>
    <message>
      <source>Sleep last night</source>
      <translation>Sueño anoche</translation>
    </message>
    <message>
      <source>Expect it to help</source>
      <translation>Espera que ayude</translation>
    </message>
    <message>
      <source>not at all</source>
      <translation>nada</translation>
    </message>
    <message>
      <source>Motivation</source>
      <translation>Motivación</translation>
    </message>
    <message>
      <source>very high</source>
      <translation>muy alto</translation>
    </message>
    <message>
      <source>Sleepiness</source>
      <translation>Somnolencia</translation>
    </message>
    <message>
      <source>wide awake</source>
      <translation>nada de sueño</translation>
    </message>
    <message>
      <source>very sleepy</source>
      <translation>mucho sueño</translation>
    </message>
    <message>
      <source>Effort</source>
      <translation>Esfuerzo</translation>
    </message>
    <message>
      <source>Control felt</source>
      <translation>Control percibido</translation>
    </message>
    <message>
      <source>full</source>
      <translation>total</translation>
    </message>
    <message>
      <source>last 2 weeks</source>
      <translation>últimas 2 semanas</translation>
    </message>
    <message>
      <source>minimal</source>
      <translation>mínimo</translation>
    </message>
    <message>
      <source>moderately severe</source>
      <translation>moderadamente severo</translation>
    </message>
    <message>
      <source>very low well-being</source>
      <translation>bienestar muy bajo</translation>
    </message>
    <message>
      <source>low well-being</source>
      <translation>bienestar bajo</translation>
    </message>
    <message>
      <source>last 7 days</source>
      <translation>últimos 7 días</translation>
    </message>
    <message>
      <source>very severe</source>
      <translation>muy severo</translation>
    </message>
    <message>
      <source>subthreshold</source>
      <translation>bajo el umbral</translation>
    </message>
    <message>
      <source>last month</source>
      <translation>último mes</translation>
    </message>
    <message>
      <source>poor sleep</source>
      <translation>sueño deficiente</translation>
    </message>
    <message>
      <source>Timing only, not cause</source>
      <translation>Solo cronología, no causa</translation>
    </message>
    <message>
      <source>Trends appear after the second visit.</source>
      <translation>Las tendencias aparecen tras la segunda visita.</translation>
    </message>
    <message>
      <source>Above the first session's 70th percentile</source>
      <translation>Por encima del percentil 70 de la primera sesión</translation>
    </message>
    <message>
      <source>Clean time</source>
      <translation>Tiempo limpio</translation>
    </message>
    <message>
      <source>Timing shown together does not prove cause. Wellness/research software, not a diagnosis.</source>
      <translation>Que coincidan en el tiempo no prueba una causa. Software de bienestar e investigación, no es un diagnóstico.</translation>
    </message>
    <message>
      <source>A change shown here cannot be separated from expectancy, time or other treatment.</source>
      <translation>Un cambio mostrado aquí no puede separarse de la expectativa, del tiempo o de otro tratamiento.</translation>
    </message>
    <message>
      <source>Snapshot, read with care: two moments of one day differ for ordinary reasons (alertness, electrodes, posture).</source>
      <translation>Instantánea, léase con cautela: dos momentos de un mismo día difieren por razones corrientes (alerta, electrodos, postura).</translation>
    </message>
    <message>
      <source>rising</source>
      <translation>en aumento</translation>
    </message>
    <message>
      <source>falling</source>
      <translation>en descenso</translation>
    </message>
    <message>
      <source>flat</source>
      <translation>plano</translation>
    </message>
    <message>
      <source>unclear</source>
      <translation>poco claro</translation>
    </message>
    <message>
      <source>rule</source>
      <translation>regla</translation>
    </message>
    <message>
      <source>not finished</source>
      <translation>no terminada</translation>
    </message>
    <message>
      <source>simulated client</source>
      <translation>cliente simulado</translation>
    </message>
    <message>
      <source>no contact</source>
      <translation>sin contacto</translation>
    </message>
    <message>
      <source>large swings</source>
      <translation>oscilaciones grandes</translation>
    </message>
    <message>
      <source>same signal as {twin}</source>
      <translation>misma señal que {twin}</translation>
    </message>
    <message>
      <source>very small signal</source>
      <translation>señal muy pequeña</translation>
    </message>
    <message>
      <source>Visit {n} of this client began at {began} and is not closed: is another window open?</source>
      <translation>La visita {n} de este cliente empezó a las {began} y no está cerrada: ¿hay otra ventana abierta?</translation>
    </message>
    <message>
      <source>The intake screen has not been answered yet: do it before the first visit.</source>
      <translation>El cribado inicial aún no se ha respondido: hágalo antes de la primera visita.</translation>
    </message>
    <message>
      <source>One question of the intake screen is open.</source>
      <translation>Hay una pregunta pendiente en el cribado inicial.</translation>
    </message>
    <message>
      <source>{n} questions of the intake screen are open.</source>
      <translation>Hay {n} preguntas pendientes en el cribado inicial.</translation>
    </message>
    <message>
      <source>{consequence} A clinician has to confirm first.</source>
      <translation>{consequence} Antes debe confirmarlo un clínico.</translation>
    </message>
    <message>
      <source>{protocol}: locked by the intake screen. Choose another protocol.</source>
      <translation>{protocol}: bloqueado por el cribado inicial. Elija otro protocolo.</translation>
    </message>
    <message>
      <source>No consent to training is on file.</source>
      <translation>No consta consentimiento para el entrenamiento.</translation>
    </message>
    <message>
      <source>Mood {before} → {now} since the last visit. {safety}</source>
      <translation>Ánimo {before} → {now} desde la última visita. {safety}</translation>
    </message>
    <message>
      <source>No safety text is set: Settings, Safety.</source>
      <translation>No hay texto de seguridad: Ajustes, Seguridad.</translation>
    </message>
    <message>
      <source>{n} min of training on the first visit: begin with {most} min.</source>
      <translation>{n} min de entrenamiento en la primera visita: empiece con {most} min.</translation>
    </message>
    <message>
      <source>{n} min of training in one day: more than {most} needs a reason.</source>
      <translation>{n} min de entrenamiento en un día: más de {most} requiere un motivo.</translation>
    </message>
    <message>
      <source>{n} min of training in one day: {most} is the most, with a reason.</source>
      <translation>{n} min de entrenamiento en un día: como máximo {most}, con un motivo.</translation>
    </message>
    <message>
      <source>{n} min of visit in one day: more than {most} needs a reason.</source>
      <translation>{n} min de visita en un día: más de {most} requiere un motivo.</translation>
    </message>
    <message>
      <source>{n} min of visit in one day: {most} is the most, with a reason.</source>
      <translation>{n} min de visita en un día: como máximo {most}, con un motivo.</translation>
    </message>
    <message>
      <source>Runs of {n} min: give a break after {most} min at the latest.</source>
      <translation>Tramos de {n} min: haga una pausa a los {most} min como muy tarde.</translation>
    </message>
    <message>
      <source>Breaks of {n} s: at least {least} s.</source>
      <translation>Pausas de {n} s: al menos {least} s.</translation>
    </message>
    <message>
      <source>{n} sessions within seven days: at most {most}.</source>
      <translation>{n} sesiones en siete días: como máximo {most}.</translation>
    </message>
    <message>
      <source>Reported on {day}: {effect}. Do not train; inform the clinician.</source>
      <translation>Comunicado el {day}: {effect}. No entrene; informe al clínico.</translation>
    </message>
    <message>
      <source>{effect} (2 or above) {n} times: change or stop, inform clinician.</source>
      <translation>{effect} (2 o más) {n} veces: cambie o pare, informe al clínico.</translation>
    </message>
    <message>
      <source>{scale} of {day}: the item about thoughts of death or self-harm was answered above 'not at all'. Talk with the client, then write who did what before you start.</source>
      <translation>{scale} del {day}: la pregunta sobre pensamientos de muerte o autolesión se respondió por encima de «nunca». Hable con el cliente y, antes de empezar, anote quién hizo qué.</translation>
    </message>
    <message>
      <source>{scale} of {day}, at home: the item about thoughts of death or self-harm was answered above 'not at all'. Talk with the client, then write who did what before you start.</source>
      <translation>{scale} del {day}, en casa: la pregunta sobre pensamientos de muerte o autolesión se respondió por encima de «nunca». Hable con el cliente y, antes de empezar, anote quién hizo qué.</translation>
    </message>
    <message>
      <source>Worsening: {scale} of {day}, the item about thoughts of death or self-harm is higher than before.</source>
      <translation>Empeoramiento: {scale} del {day}, la pregunta sobre pensamientos de muerte o autolesión es más alta que antes.</translation>
    </message>
    <message>
      <source>Worsening: {scale} of {day}, total {before} → {now}.</source>
      <translation>Empeoramiento: {scale} del {day}, total {before} → {now}.</translation>
    </message>
    <message>
      <source>Worsening: {scale} of {day}, the item about thoughts of death or self-harm is higher than before, total {before} → {now}.</source>
      <translation>Empeoramiento: {scale} del {day}, la pregunta sobre pensamientos de muerte o autolesión es más alta que antes, total {before} → {now}.</translation>
    </message>
    <message>
      <source>{scale} of {day}: item {item} was left out. Ask about it.</source>
      <translation>{scale} del {day}: la pregunta {item} quedó sin responder. Pregunte por ella.</translation>
    </message>
    <message>
      <source>Thank you for answering openly. You are not alone with this, and it helps to talk about it.</source>
      <translation>Gracias por responder con franqueza. No está solo con esto, y hablar de ello ayuda.</translation>
    </message>
    <message>
      <source>Thank you for answering openly. You are not alone with this, and it helps to talk about it. Nobody watches these answers as you give them: please use the contacts below yourself.</source>
      <translation>Gracias por responder con franqueza. No está solo con esto, y hablar de ello ayuda. Nadie ve estas respuestas en el momento en que usted las da: por favor, use usted mismo los contactos de abajo.</translation>
    </message>
    <message>
      <source>Safety note, {scale} of {day}: see the client book (acknowledged by {who} on {when}).</source>
      <translation>Nota de seguridad, {scale} del {day}: véase el libro de clientes (confirmada por {who} el {when}).</translation>
    </message>
    <message>
      <source>Safety note, {scale} of {day}: see the client book (NOT YET ACKNOWLEDGED).</source>
      <translation>Nota de seguridad, {scale} del {day}: véase el libro de clientes (AÚN SIN CONFIRMAR).</translation>
    </message>
    <message>
      <source>{treatment} is due at {at}: be done with training before it.</source>
      <translation>{treatment} está previsto a las {at}: termine el entrenamiento antes.</translation>
    </message>
    <message>
      <source>{treatment} today: no training on the same day.</source>
      <translation>{treatment} hoy: sin entrenamiento el mismo día.</translation>
    </message>
    <message>
      <source>{treatment} today: at what time? Train before it, or two hours after it.</source>
      <translation>{treatment} hoy: ¿a qué hora? Entrene antes, o dos horas después.</translation>
    </message>
    <message>
      <source>{treatment} is due at {at}: train before it.</source>
      <translation>{treatment} está previsto a las {at}: entrene antes.</translation>
    </message>
    <message>
      <source>{treatment} at {at}: wait until {until}.</source>
      <translation>{treatment} a las {at}: espere hasta las {until}.</translation>
    </message>
    <message>
      <source>Own symptoms: {n}. {fewest} to {most} of them show changes best.</source>
      <translation>Síntomas propios: {n}. De {fewest} a {most} muestran mejor los cambios.</translation>
    </message>
    <message>
      <source>{n} own symptoms: more than {most} take too long at every visit. Rest some of them.</source>
      <translation>{n} síntomas propios: más de {most} llevan demasiado tiempo en cada visita. Deje algunos en reposo.</translation>
    </message>
    <message>
      <source>This computer's clock says {now} UTC, but the newest entry of the client book is of {newest} UTC. Check date and time; entries keep the order in which they were made.</source>
      <translation>El reloj de este ordenador marca {now} UTC, pero la entrada más reciente del libro de clientes es de {newest} UTC. Compruebe fecha y hora; las entradas mantienen el orden en que se hicieron.</translation>
    </message>
    <message>
      <source>This client book was written by a newer nfb (version {version} of the book, this program knows {newest}). It is open for reading only. Install the newer nfb to write.</source>
      <translation>Este libro de clientes fue escrito por un nfb más nuevo (versión {version} del libro, este programa conoce la {newest}). Está abierto solo para lectura. Instale el nfb más nuevo para escribir.</translation>
    </message>
    <message>
      <source>The client book was brought up to date. A copy of how it was before: {backup}</source>
      <translation>El libro de clientes se ha actualizado. Una copia de cómo estaba antes: {backup}</translation>
    </message>
    <message>
      <source>The file or its folder is write-protected.</source>
      <translation>El archivo o su carpeta están protegidos contra escritura.</translation>
    </message>
    <message>
      <source>The server allows reading only.</source>
      <translation>El servidor solo permite la lectura.</translation>
    </message>
    <message>
      <source>Opened for reading only: {why}</source>
      <translation>Abierto solo para lectura: {why}</translation>
    </message>
    <message>
      <source>The file is damaged in part; it was opened for reading so that nothing more is lost. {advice}</source>
      <translation>El archivo está dañado en parte; se abrió para lectura para que no se pierda nada más. {advice}</translation>
    </message>
    <message>
      <source>Put a copy from your own backup in its place.</source>
      <translation>Ponga en su lugar una copia de su propio respaldo.</translation>
    </message>
    <message>
      <source>The newest copy that this program took is {backup}.</source>
      <translation>La copia más reciente que hizo este programa es {backup}.</translation>
    </message>
    <message>
      <source>{client} belonged to a client who was erased. Choose another code.</source>
      <translation>{client} perteneció a un cliente borrado. Elija otro código.</translation>
    </message>
    <message>
      <source>{client} is taken already. Choose another code.</source>
      <translation>{client} ya está en uso. Elija otro código.</translation>
    </message>
    <message>
      <source>{client} already has its {kind}. Read it again and change it.</source>
      <translation>{client} ya tiene esta entrada: {kind}. Léala de nuevo y cámbiela.</translation>
    </message>
    <message>
      <source>there is no such client in the client book.</source>
      <translation>no existe tal cliente en el libro de clientes.</translation>
    </message>
    <message>
      <source>{book} is open for reading only. {advice}</source>
      <translation>{book} está abierto solo para lectura. {advice}</translation>
    </message>
    <message>
      <source>Say why the record goes to another client.</source>
      <translation>Diga por qué la entrada pasa a otro cliente.</translation>
    </message>
    <message>
      <source>Say why the session goes to another client.</source>
      <translation>Diga por qué la sesión pasa a otro cliente.</translation>
    </message>
    <message>
      <source>The note of this visit is signed; it stays, and so does the session.</source>
      <translation>La nota de esta visita está firmada; se queda, y también la sesión.</translation>
    </message>
    <message>
      <source>Say why the client is erased, e.g. 'asked for it'.</source>
      <translation>Diga por qué se borra al cliente, p. ej. «lo pidió».</translation>
    </message>
    <message>
      <source>The note was signed by {who} already. Add an amendment.</source>
      <translation>La nota ya fue firmada por {who}. Añada una enmienda.</translation>
    </message>
    <message>
      <source>A note is signed with a name. Say who signs.</source>
      <translation>Una nota se firma con un nombre. Diga quién firma.</translation>
    </message>
    <message>
      <source>{advice} Shorten the visit.</source>
      <translation>{advice} Acorte la visita.</translation>
    </message>
    <message>
      <source>Say why the limits are passed; the reason goes into the client book.</source>
      <translation>Diga por qué se superan los límites; el motivo queda en el libro de clientes.</translation>
    </message>
    <message>
      <source>The {kind} was removed at another desk after you opened it. Nothing was overwritten: look at both and save again.</source>
      <translation>Esta entrada fue eliminada en otro puesto después de que usted la abriera: {kind}. No se sobrescribió nada: mire ambas y guarde de nuevo.</translation>
    </message>
    <message>
      <source>The {kind} was changed at another desk after you opened it ({changes}). Nothing was overwritten: look at both and save again.</source>
      <translation>Esta entrada fue cambiada en otro puesto después de que usted la abriera: {kind} ({changes}). No se sobrescribió nada: mire ambas y guarde de nuevo.</translation>
    </message>
    <message>
      <source>{field}: theirs {theirs}, yours {yours}</source>
      <translation>{field}: la otra {theirs}, la suya {yours}</translation>
    </message>
    <message>
      <source>another program has held the client book for more than {n} s. Close it there (a backup or a database tool, perhaps) and try again.</source>
      <translation>otro programa retiene el libro de clientes desde hace más de {n} s. Ciérrelo allí (quizá un respaldo o una herramienta de bases de datos) e inténtelo de nuevo.</translation>
    </message>
    <message>
      <source>must be 2 to 16 letters A-Z and digits, at least one of each, such as A031. A name goes into the field for the name.</source>
      <translation>debe tener de 2 a 16 letras A–Z y cifras, al menos una de cada, como A031. El nombre va en el campo del nombre.</translation>
    </message>
    <message>
      <source>must be one of {choices}</source>
      <translation>debe ser uno de {choices}</translation>
    </message>
    <message>
      <source>must be a list</source>
      <translation>debe ser una lista</translation>
    </message>
    <message>
      <source>must be a table</source>
      <translation>debe ser una tabla</translation>
    </message>
    <message>
      <source>must be a text</source>
      <translation>debe ser un texto</translation>
    </message>
    <message>
      <source>must be a whole number</source>
      <translation>debe ser un número entero</translation>
    </message>
    <message>
      <source>must be a number</source>
      <translation>debe ser un número</translation>
    </message>
    <message>
      <source>must be a finite number</source>
      <translation>debe ser un número finito</translation>
    </message>
    <message>
      <source>must be a moment with its time zone</source>
      <translation>debe ser un momento con su zona horaria</translation>
    </message>
    <message>
      <source>must be a moment from year 1 to 9999</source>
      <translation>debe ser un momento del año 1 al 9999</translation>
    </message>
    <message>
      <source>must be a table of figures</source>
      <translation>debe ser una tabla de cifras</translation>
    </message>
    <message>
      <source>must be a time of day without a time zone</source>
      <translation>debe ser una hora sin zona horaria</translation>
    </message>
    <message>
      <source>must be yes or no</source>
      <translation>debe ser sí o no</translation>
    </message>
    <message>
      <source>must be a day</source>
      <translation>debe ser un día</translation>
    </message>
    <message>
      <source>must be a time of day</source>
      <translation>debe ser una hora</translation>
    </message>
    <message>
      <source>{n} characters: at most {limit} fit. Shorten it.</source>
      <translation>{n} caracteres: caben {limit} como máximo. Acórtelo.</translation>
    </message>
    <message>
      <source>is empty. Fill it in.</source>
      <translation>está vacío. Rellénelo.</translation>
    </message>
    <message>
      <source>must be from {low} to {high}</source>
      <translation>debe estar entre {low} y {high}</translation>
    </message>
    <message>
      <source>two keys differ only in characters that are not kept. Rename one.</source>
      <translation>dos claves difieren solo en caracteres que no se guardan. Cambie el nombre de una.</translation>
    </message>
    <message>
      <source>lies before it was given ({given})</source>
      <translation>es anterior a su concesión ({given})</translation>
    </message>
    <message>
      <source>the highest on this {measure} is {highest}</source>
      <translation>lo más alto en esta escala ({measure}) es {highest}</translation>
    </message>
    <message>
      <source>{n} answers given, {scale} has {items} items</source>
      <translation>{n} respuestas dadas, {scale} tiene {items} preguntas</translation>
    </message>
    <message>
      <source>is not the answer to item {item}</source>
      <translation>no es la respuesta a la pregunta {item}</translation>
    </message>
    <message>
      <source>{scale} goes from {low} to {high}</source>
      <translation>{scale} va de {low} a {high}</translation>
    </message>
    <message>
      <source>only its total can be entered. {licence}</source>
      <translation>solo se puede introducir el total. {licence}</translation>
    </message>
    <message>
      <source>{n} answers given, it has {items} items</source>
      <translation>{n} respuestas dadas, tiene {items} preguntas</translation>
    </message>
    <message>
      <source>enter the answer to item {item} beside the total</source>
      <translation>introduzca la respuesta a la pregunta {item} junto al total</translation>
    </message>
    <message>
      <source>enter it as {scale}, so that its range and its items are checked</source>
      <translation>introdúzcalo como {scale}, para que se comprueben su rango y sus preguntas</translation>
    </message>
    <message>
      <source>a confirmation needs the clinician's name and a reason</source>
      <translation>una confirmación necesita el nombre del clínico y un motivo</translation>
    </message>
    <message>
      <source>a signed note carries who signed it and when, a draft neither</source>
      <translation>una nota firmada dice quién la firmó y cuándo; un borrador, ninguna de las dos cosas</translation>
    </message>
    <message>
      <source>an empty note cannot be signed</source>
      <translation>una nota vacía no se puede firmar</translation>
    </message>
    <message>
      <source>the note is signed and stays as it is. Add an amendment.</source>
      <translation>la nota está firmada y se queda como está. Añada una enmienda.</translation>
    </message>
    <message>
      <source>a result stays as it was answered. Retract it with a reason and enter it again.</source>
      <translation>un resultado se queda como se respondió. Retírelo con un motivo e introdúzcalo de nuevo.</translation>
    </message>
    <message>
      <source>the code is in the recordings' names; it stays. Add a new client instead.</source>
      <translation>el código está en los nombres de los registros; se queda. Añada un cliente nuevo en su lugar.</translation>
    </message>
    <message>
      <source>the session is not paused</source>
      <translation>la sesión no está en pausa</translation>
    </message>
    <message>
      <source>the session is paused already</source>
      <translation>la sesión ya está en pausa</translation>
    </message>
    <message>
      <source>no threshold here is a percentile that could be taken anew</source>
      <translation>ningún umbral es aquí un percentil que pueda tomarse de nuevo</translation>
    </message>
    <message>
      <source>new filters need {needed} s of clean EEG, there are {there} s</source>
      <translation>los filtros nuevos necesitan {needed} s de EEG limpio, hay {there} s</translation>
    </message>
    <message>
      <source>{n} thresholds: the protocol has {n_conditions} conditions</source>
      <translation>{n} umbrales: el protocolo tiene {n_conditions} condiciones</translation>
    </message>
    <message>
      <source>thresholds must be finite numbers</source>
      <translation>los umbrales deben ser números finitos</translation>
    </message>
    <message>
      <source>condition {condition}: the protocol has conditions 0 to {last}</source>
      <translation>condición {condition}: el protocolo tiene las condiciones 0 a {last}</translation>
    </message>
    <message>
      <source>threshold {value}: must be a finite number</source>
      <translation>umbral {value}: debe ser un número finito</translation>
    </message>
    <message>
      <source>target {value}: must lie between 0 and 1</source>
      <translation>objetivo {value}: debe estar entre 0 y 1</translation>
    </message>
    <message>
      <source>there is no clean baseline to take the threshold from</source>
      <translation>no hay línea base limpia de la que tomar el umbral</translation>
    </message>
    <message>
      <source>thresholds are recalibrated once a session at the most, and this one has been</source>
      <translation>los umbrales se recalibran como máximo una vez por sesión, y en esta ya se hizo</translation>
    </message>
    <message>
      <source>a recalibration needs {needed} s of clean training, there are {there} s</source>
      <translation>una recalibración necesita {needed} s de entrenamiento limpio, hay {there} s</translation>
    </message>
    <message>
      <source>the last run is over</source>
      <translation>el último tramo ha terminado</translation>
    </message>
    <message>
      <source>{runs} runs: a session has 1 to {most}</source>
      <translation>{runs} tramos: una sesión tiene de 1 a {most}</translation>
    </message>
    <message>
      <source>{runs} runs: run {begun} has begun already</source>
      <translation>{runs} tramos: el tramo {begun} ya ha empezado</translation>
    </message>
    <message>
      <source>runs of {run_s} s: must last {shortest} to {longest} s</source>
      <translation>tramos de {run_s} s: deben durar de {shortest} a {longest} s</translation>
    </message>
    <message>
      <source>alpha peak {hz} Hz: must lie from {lowest} to {highest} Hz</source>
      <translation>pico alfa {hz} Hz: debe estar entre {lowest} y {highest} Hz</translation>
    </message>
    <message>
      <source>say why this alpha peak is used</source>
      <translation>diga por qué se usa este pico alfa</translation>
    </message>
    <message>
      <source>upper edge must be below {half} Hz (half of {rate} Hz). Choose a lower band or a headset with a higher rate.</source>
      <translation>el borde superior debe estar por debajo de {half} Hz (la mitad de {rate} Hz). Elija una banda más baja o un casco con más frecuencia de muestreo.</translation>
    </message>
    <message>
      <source>a baseline needs at least 1 s, and an end</source>
      <translation>una línea base necesita al menos 1 s, y un final</translation>
    </message>
    <message>
      <source>an alpha peak lies from 5 to 15 Hz; leave it out if it is not known</source>
      <translation>un pico alfa está entre 5 y 15 Hz; déjelo vacío si no se conoce</translation>
    </message>
    <message>
      <source>a session has 1 to {most} runs</source>
      <translation>una sesión tiene de 1 a {most} tramos</translation>
    </message>
    <message>
      <source>a run lasts {shortest} to {longest} s</source>
      <translation>un tramo dura de {shortest} a {longest} s</translation>
    </message>
    <message>
      <source>a rest lasts 0 to {longest} s</source>
      <translation>un descanso dura de 0 a {longest} s</translation>
    </message>
    <message>
      <source>must lie between 0 and 1; it is a share of time, 65 % is 0.65</source>
      <translation>debe estar entre 0 y 1; es una proporción de tiempo, 65 % es 0.65</translation>
    </message>
    <message>
      <source>the threshold of {feature} comes from the baseline, none was carried over</source>
      <translation>el umbral de {feature} viene de la línea base; no se trajo ninguno</translation>
    </message>
    <message>
      <source>needs {sites}; this headset has {there}. Choose a protocol for these sites, or name the channels after where the electrodes are.</source>
      <translation>necesita {sites}; este casco tiene {there}. Elija un protocolo para estos sitios, o nombre los canales según donde estén los electrodos.</translation>
    </message>
    <message>
      <source> or </source>
      <translation> o </translation>
    </message>
    <message>
      <source>The headset sends no samples.</source>
      <translation>La diadema no envía muestras.</translation>
    </message>
    <message>
      <source>The headset delivers {rate_hz} samples a second, not {declared_hz} as it declares: every band is off by {percent} %.</source>
      <translation>La diadema entrega {rate_hz} muestras por segundo, no {declared_hz} como declara: cada banda se desvía un {percent} %.</translation>
    </message>
    <message>
      <source>Look for its setting, or for samples lost on the way.</source>
      <translation>Revise su configuración, o si se pierden muestras por el camino.</translation>
    </message>
    <message>
      <source>Unexpected error: {error}. What was recorded is kept.</source>
      <translation>Error inesperado: {error}. Lo grabado se conserva.</translation>
    </message>
    <message>
      <source>{place}: {reason}; trying the next folder.</source>
      <translation>{place}: {reason}; se prueba la carpeta siguiente.</translation>
    </message>
    <message>
      <source>{place}: {reason}. The recording goes on in {root}.</source>
      <translation>{place}: {reason}. El registro continúa en {root}.</translation>
    </message>
    <message>
      <source>{place}: {reason}. No other folder can be written: samples are kept in memory for 30 minutes. Free some disk space or connect the drive again.</source>
      <translation>{place}: {reason}. No se puede escribir en ninguna otra carpeta: las muestras se guardan en memoria durante 30 minutos. Libere espacio en disco o vuelva a conectar la unidad.</translation>
    </message>
    <message>
      <source>Memory for the recording is full: samples from now on are not kept. Free some disk space and end the session; what was recorded before is still here.</source>
      <translation>La memoria para el registro está llena: desde ahora no se conservan las muestras. Libere espacio en disco y termine la sesión; lo grabado antes sigue aquí.</translation>
    </message>
    <message>
      <source>The recording is on disk again, in {root}.</source>
      <translation>El registro está de nuevo en el disco, en {root}.</translation>
    </message>
    <message>
      <source>{place} was removed. The recording was written again to {root}.</source>
      <translation>{place} fue retirado. El registro se escribió de nuevo en {root}.</translation>
    </message>
    <message>
      <source>{place} was removed. The recording is kept in memory until a folder can be written.</source>
      <translation>{place} fue retirado. El registro se guarda en memoria hasta que se pueda escribir en una carpeta.</translation>
    </message>
    <message>
      <source>The LSL stream has ended or cannot be reached.</source>
      <translation>El flujo LSL ha terminado o no se puede alcanzar.</translation>
    </message>
    <message>
      <source>No samples for {n} s.</source>
      <translation>Sin muestras desde hace {n} s.</translation>
    </message>
    <message>
      <source>The LSL stream '{stream}' is not seen.</source>
      <translation>No se ve el flujo LSL «{stream}».</translation>
    </message>
    <message>
      <source>Start it again in the amplifier's software.</source>
      <translation>Inícielo de nuevo en el software del amplificador.</translation>
    </message>
    <message>
      <source>The LSL stream '{stream}' came back with {n} channels at {hz} Hz, not {n_before} at {hz_before} Hz.</source>
      <translation>El flujo LSL «{stream}» volvió con {n} canales a {hz} Hz, no con {n_before} a {hz_before} Hz.</translation>
    </message>
    <message>
      <source>Set the amplifier's software as it was.</source>
      <translation>Configure el software del amplificador como estaba.</translation>
    </message>
    <message>
      <source>The LSL stream '{stream}' was seen but cannot be reached.</source>
      <translation>El flujo LSL «{stream}» se vio, pero no se puede alcanzar.</translation>
    </message>
    <message>
      <source>Look whether a firewall stands between, and start the stream again.</source>
      <translation>Compruebe si hay un cortafuegos de por medio e inicie el flujo de nuevo.</translation>
    </message>
    <message>
      <source>The LSL stream '{stream}' does not answer.</source>
      <translation>El flujo LSL «{stream}» no responde.</translation>
    </message>
    <message>
      <source>Start it again in its software.</source>
      <translation>Inícielo de nuevo en su software.</translation>
    </message>
    <message>
      <source>LSL stream '{stream}' on {host}; clock offset {ms} ms</source>
      <translation>Flujo LSL «{stream}» en {host}; desfase del reloj {ms} ms</translation>
    </message>
    <message>
      <source>No LSL stream named '{stream}' on this computer; seen: {seen}.</source>
      <translation>Ningún flujo LSL llamado «{stream}» en este ordenador; visibles: {seen}.</translation>
    </message>
    <message>
      <source>No LSL stream named '{stream}' on the network; seen: {seen}.</source>
      <translation>Ningún flujo LSL llamado «{stream}» en la red; visibles: {seen}.</translation>
    </message>
    <message>
      <source>No LSL stream of type EEG on this computer; seen: {seen}.</source>
      <translation>Ningún flujo LSL de tipo EEG en este ordenador; visibles: {seen}.</translation>
    </message>
    <message>
      <source>No LSL stream of type EEG on the network; seen: {seen}.</source>
      <translation>Ningún flujo LSL de tipo EEG en la red; visibles: {seen}.</translation>
    </message>
    <message>
      <source>Start streaming in the amplifier's software, or give --param scope=network if it runs elsewhere.</source>
      <translation>Inicie la emisión en el software del amplificador, o indique --param scope=network si se ejecuta en otro equipo.</translation>
    </message>
    <message>
      <source>Start streaming in the amplifier's software.</source>
      <translation>Inicie la emisión en el software del amplificador.</translation>
    </message>
    <message>
      <source>there is no such file. Check the spelling and the folder.</source>
      <translation>no existe ese archivo. Compruebe la ortografía y la carpeta.</translation>
    </message>
    <message>
      <source>is a folder. Name the .toml file in it.</source>
      <translation>es una carpeta. Indique el archivo .toml que contiene.</translation>
    </message>
    <message>
      <source>cannot be read ({reason}). Check the file's name and permissions.</source>
      <translation>no se puede leer ({reason}). Compruebe el nombre y los permisos del archivo.</translation>
    </message>
    <message>
      <source>sessions have used this version of {id}, so it stays as it is; save the change as version {next}</source>
      <translation>hay sesiones que usaron esta versión de {id}, así que se queda como está; guarde el cambio como versión {next}</translation>
    </message>
    <message>
      <source>cannot be written ({reason}). Choose another folder.</source>
      <translation>no se puede escribir ({reason}). Elija otra carpeta.</translation>
    </message>
    <message>
      <source>the settings cannot be read ({reason}). The usual ones are used.</source>
      <translation>no se pueden leer los ajustes ({reason}). Se usan los habituales.</translation>
    </message>
    <message>
      <source>the settings cannot be written ({reason}).</source>
      <translation>no se pueden escribir los ajustes ({reason}).</translation>
    </message>
    <message>
      <source>is not finished. End the session, or run `nfb recover`, then reassign it.</source>
      <translation>no está terminada. Finalice la sesión, o ejecute `nfb recover`, y luego reasígnela.</translation>
    </message>
    <message>
      <source>could not be given to {client}: {reason}. It was left as it is.</source>
      <translation>no se pudo asignar a {client}: {reason}. Quedó como estaba.</translation>
    </message>
    <message>
      <source>was not recorded by this program. Choose a protocol to run on it.</source>
      <translation>no fue registrado por este programa. Elija un protocolo para aplicarle.</translation>
    </message>
    <message>
      <source>lies within the recordings. Choose a folder outside of them.</source>
      <translation>está dentro de los registros. Elija una carpeta fuera de ellos.</translation>
    </message>
    <message>
      <source>not everything could be copied ({reason}).</source>
      <translation>no se pudo copiar todo ({reason}).</translation>
    </message>
    <message>
      <source>cannot be written: {reason}.</source>
      <translation>no se puede escribir: {reason}.</translation>
    </message>
    <message>
      <source>is larger than {most} KiB; this is not a protocol. Choose a .toml file.</source>
      <translation>ocupa más de {most} KiB; esto no es un protocolo. Elija un archivo .toml.</translation>
    </message>
    <message>
      <source>byte {at} is not UTF-8 text. Choose a .toml file, or save it as UTF-8.</source>
      <translation>el byte {at} no es texto UTF-8. Elija un archivo .toml, o guárdelo como UTF-8.</translation>
    </message>
    <message>
      <source>is empty. A protocol begins with schema = 1; copy one of the shipped files and change it.</source>
      <translation>está vacío. Un protocolo empieza con schema = 1; copie uno de los archivos incluidos y cámbielo.</translation>
    </message>
    <message>
      <source>has comments only. A protocol begins with schema = 1; copy one of the shipped files and change it.</source>
      <translation>solo tiene comentarios. Un protocolo empieza con schema = 1; copie uno de los archivos incluidos y cámbielo.</translation>
    </message>
    <message>
      <source>has lists nested too deep to be read. A protocol begins with schema = 1; copy one of the shipped files and change it.</source>
      <translation>tiene listas anidadas demasiado hondo para leerlas. Un protocolo empieza con schema = 1; copie uno de los archivos incluidos y cámbielo.</translation>
    </message>
    <message>
      <source>has a zero byte at character {at}; this is not a text file.</source>
      <translation>tiene un byte nulo en el carácter {at}; esto no es un archivo de texto.</translation>
    </message>
    <message>
      <source>character {at} is half a letter. Save the file as UTF-8.</source>
      <translation>el carácter {at} es media letra. Guarde el archivo como UTF-8.</translation>
    </message>
    <message>
      <source>is not TOML: {where}. Mend that line.</source>
      <translation>no es TOML: {where}. Corrija esa línea.</translation>
    </message>
    <message>
      <source>has a number of thousands of digits. Write a shorter one.</source>
      <translation>tiene un número de miles de cifras. Escriba uno más corto.</translation>
    </message>
    <message>
      <source>is missing: write schema = {schema} as the first line.</source>
      <translation>falta: escriba schema = {schema} como primera línea.</translation>
    </message>
    <message>
      <source>this file needs a newer nfb, this one reads schema {schema}. Update nfb.</source>
      <translation>este archivo necesita un nfb más nuevo, este lee el esquema {schema}. Actualice nfb.</translation>
    </message>
    <message>
      <source>must be the whole number {schema}.</source>
      <translation>debe ser el número entero {schema}.</translation>
    </message>
    <message>
      <source>cannot be written: {reason}. Choose another folder.</source>
      <translation>no se puede escribir: {reason}. Elija otra carpeta.</translation>
    </message>
    <message>
      <source>no space left on device</source>
      <translation>no queda espacio en el disco</translation>
    </message>
    <message>
      <source>disk quota exceeded</source>
      <translation>cuota de disco superada</translation>
    </message>
    <message>
      <source>permission denied</source>
      <translation>permiso denegado</translation>
    </message>
    <message>
      <source>operation not permitted</source>
      <translation>operación no permitida</translation>
    </message>
    <message>
      <source>read-only file system</source>
      <translation>sistema de archivos de solo lectura</translation>
    </message>
    <message>
      <source>no such file or directory</source>
      <translation>no existe el archivo o la carpeta</translation>
    </message>
    <message>
      <source>not a directory</source>
      <translation>no es una carpeta</translation>
    </message>
    <message>
      <source>is a directory</source>
      <translation>es una carpeta</translation>
    </message>
    <message>
      <source>file exists</source>
      <translation>el archivo ya existe</translation>
    </message>
    <message>
      <source>directory not empty</source>
      <translation>la carpeta no está vacía</translation>
    </message>
    <message>
      <source>input/output error</source>
      <translation>error de entrada/salida del disco</translation>
    </message>
    <message>
      <source>no such device or address</source>
      <translation>no existe el dispositivo o la dirección</translation>
    </message>
    <message>
      <source>no such device</source>
      <translation>no existe el dispositivo</translation>
    </message>
    <message>
      <source>device or resource busy</source>
      <translation>dispositivo ocupado</translation>
    </message>
    <message>
      <source>stale file handle</source>
      <translation>el archivo ya no es válido en el servidor</translation>
    </message>
    <message>
      <source>file name too long</source>
      <translation>nombre de archivo demasiado largo</translation>
    </message>
    <message>
      <source>file too large</source>
      <translation>archivo demasiado grande</translation>
    </message>
    <message>
      <source>too many open files</source>
      <translation>demasiados archivos abiertos</translation>
    </message>
    <message>
      <source>connection timed out</source>
      <translation>tiempo de conexión agotado</translation>
    </message>
    <message>
      <source>must be text in double quotes</source>
      <translation>debe ser texto entre comillas dobles</translation>
    </message>
    <message>
      <source>must be true or false, without quotes</source>
      <translation>debe ser true o false, sin comillas</translation>
    </message>
    <message>
      <source>must be a whole number, without quotes</source>
      <translation>debe ser un número entero, sin comillas</translation>
    </message>
    <message>
      <source>must be a smaller number</source>
      <translation>debe ser un número menor</translation>
    </message>
    <message>
      <source>must be a number, without quotes</source>
      <translation>debe ser un número, sin comillas</translation>
    </message>
    <message>
      <source>must be a list in square brackets</source>
      <translation>debe ser una lista entre corchetes</translation>
    </message>
    <message>
      <source>is missing: write {example}</source>
      <translation>falta: escriba {example}</translation>
    </message>
    <message>
      <source>must be above {limit}</source>
      <translation>debe ser mayor que {limit}</translation>
    </message>
    <message>
      <source>must be at least {limit}</source>
      <translation>debe ser al menos {limit}</translation>
    </message>
    <message>
      <source>must be below {limit}</source>
      <translation>debe ser menor que {limit}</translation>
    </message>
    <message>
      <source>must be at most {limit}</source>
      <translation>debe ser como máximo {limit}</translation>
    </message>
    <message>
      <source>must not be empty</source>
      <translation>no debe estar vacío</translation>
    </message>
    <message>
      <source>must have at most {most} entries, has {n}</source>
      <translation>debe tener como máximo {most} entradas, tiene {n}</translation>
    </message>
    <message>
      <source>must be one line</source>
      <translation>debe ser una sola línea</translation>
    </message>
    <message>
      <source>must be two finite numbers in Hz, lower edge first, for example [12, 15]</source>
      <translation>deben ser dos números finitos en Hz, primero el borde inferior, p. ej. [12, 15]</translation>
    </message>
    <message>
      <source>lower edge must be at least {limit} Hz; what is slower is filtered out</source>
      <translation>el borde inferior debe ser al menos {limit} Hz; lo más lento se filtra</translation>
    </message>
    <message>
      <source>upper edge must be at most {limit} Hz; choose a lower band</source>
      <translation>el borde superior debe ser como máximo {limit} Hz; elija una banda más baja</translation>
    </message>
    <message>
      <source>upper edge must be at least {limit} Hz above the lower edge</source>
      <translation>el borde superior debe estar al menos {limit} Hz por encima del inferior</translation>
    </message>
    <message>
      <source>must be two finite numbers in Hz, counted from the alpha peak, for example [0, 2]</source>
      <translation>deben ser dos números finitos en Hz, contados desde el pico alfa, p. ej. [0, 2]</translation>
    </message>
    <message>
      <source>edges must lie between {low} and +{high} Hz from the alpha peak</source>
      <translation>los bordes deben estar entre {low} y +{high} Hz del pico alfa</translation>
    </message>
    <message>
      <source>must be the name of one site, for example "C3"</source>
      <translation>debe ser el nombre de un sitio, p. ej. "C3"</translation>
    </message>
    <message>
      <source>a feature's name has small letters, digits and _, begins with a letter, at most 32 of them</source>
      <translation>el nombre de una medida tiene letras minúsculas, cifras y _, empieza por una letra y tiene 32 como máximo</translation>
    </message>
    <message>
      <source>must be small letters, digits and single hyphens, at most 40, for example "smr-central"</source>
      <translation>deben ser letras minúsculas, cifras y guiones sueltos, 40 como máximo, p. ej. "smr-central"</translation>
    </message>
    <message>
      <source>must be a bare DOI, for example "10.1093/brain/awaa009", or left out</source>
      <translation>debe ser un DOI solo, p. ej. "10.1093/brain/awaa009", o dejarse vacío</translation>
    </message>
    <message>
      <source>must be "device", "average" or a list of sites, for example ["A1", "A2"]</source>
      <translation>debe ser "device", "average" o una lista de sitios, p. ej. ["A1", "A2"]</translation>
    </message>
    <message>
      <source>must be the name of one site, for example "Cz", or a list of them, such as ["C3", "C4"]</source>
      <translation>debe ser el nombre de un sitio, p. ej. "Cz", o una lista de ellos, como ["C3", "C4"]</translation>
    </message>
    <message>
      <source>must be a number above 0 and up to 10000, or false to switch this guard off</source>
      <translation>debe ser un número mayor que 0 y hasta 10000, o false para desactivar esta protección</translation>
    </message>
    <message>
      <source>must be at most {n}, the number of sites; leave it out to need all of them</source>
      <translation>debe ser como máximo {n}, el número de sitios; déjelo vacío para exigirlos todos</translation>
    </message>
    <message>
      <source>must contain the whole band, which is [{low}, {high}]; it is [{from_hz}, {to_hz}]</source>
      <translation>debe contener toda la banda, que es [{low}, {high}]; es [{from_hz}, {to_hz}]</translation>
    </message>
    <message>
      <source>must be at most {limit} s for a slow feature, half of the second it is averaged over</source>
      <translation>debe ser como máximo {limit} s para una medida lenta, la mitad del segundo sobre el que se promedia</translation>
    </message>
    <message>
      <source>must be longer than the delay, which is {delay} s; lengthen it or shorten delay_s</source>
      <translation>debe ser más largo que el retardo, que es de {delay} s; alárguelo o acorte delay_s</translation>
    </message>
    <message>
      <source>has no meaning for kind = "{of}"; remove it</source>
      <translation>no tiene sentido para kind = "{of}"; elimínelo</translation>
    </message>
    <message>
      <source>is missing: kind = "{of}" needs it; write {example}</source>
      <translation>falta: kind = "{of}" lo necesita; escriba {example}</translation>
    </message>
    <message>
      <source>must have as many sites as sites has, {n}; pair them</source>
      <translation>debe tener tantos sitios como sites, {n}; forme pares</translation>
    </message>
    <message>
      <source>is a logarithm, which cannot be divided; set log here, not there</source>
      <translation>es un logaritmo, que no se puede dividir; ponga log aquí, no allí</translation>
    </message>
    <message>
      <source>must differ from the numerator; a ratio to itself is always 1</source>
      <translation>debe ser distinto del numerador; un cociente consigo mismo es siempre 1</translation>
    </message>
    <message>
      <source>must be the two sites that it is between, for example ["F3", "F4"]; there are {n}</source>
      <translation>deben ser los dos sitios entre los que está, p. ej. ["F3", "F4"]; hay {n}</translation>
    </message>
    <message>
      <source>must be at least {limit} s; in less any two sites seem coupled; leave it out for 4</source>
      <translation>debe ser al menos {limit} s; en menos tiempo dos sitios cualesquiera parecen acoplados; déjelo vacío para 4</translation>
    </message>
    <message>
      <source>there is no such feature{guess}; choose one of {known}</source>
      <translation>no existe esa medida{guess}; elija una de {known}</translation>
    </message>
    <message>
      <source>conditions[{n}] is about it already; a feature has one condition, remove one of them</source>
      <translation>conditions[{n}] ya trata de ella; una medida tiene una condición, elimine una de ellas</translation>
    </message>
    <message>
      <source>at least one must have role = "reward"; without it nothing can be rewarded</source>
      <translation>al menos una debe tener role = "reward"; sin ella nada se puede recompensar</translation>
    </message>
    <message>
      <source>has no meaning for rule = "{of}"; remove it</source>
      <translation>no tiene sentido para rule = "{of}"; elimínelo</translation>
    </message>
    <message>
      <source>has no meaning for rule = "{of}", which finds it in the baseline; remove it</source>
      <translation>no tiene sentido para rule = "{of}", que lo halla en la línea base; elimínelo</translation>
    </message>
    <message>
      <source>is missing: rule = "{of}" needs it; write {example}</source>
      <translation>falta: rule = "{of}" lo necesita; escriba {example}</translation>
    </message>
    <message>
      <source>must be above 0, as every {of} is; choose a higher one</source>
      <translation>debe ser mayor que 0, como siempre en {of}; elija uno mayor</translation>
    </message>
    <message>
      <source>must be below 1, as every share is; choose a lower one</source>
      <translation>debe ser menor que 1, como toda proporción; elija uno menor</translation>
    </message>
    <message>
      <source>must be below high, which is {limit}; choose a lower one</source>
      <translation>debe ser menor que high, que es {limit}; elija uno menor</translation>
    </message>
    <message>
      <source>has nothing to correct: no condition has rule = "baseline_percentile"; remove the table</source>
      <translation>no tiene nada que corregir: ninguna condición tiene rule = "baseline_percentile"; elimine la tabla</translation>
    </message>
    <message>
      <source>cannot be switched off: features.{name} reaches {highest} Hz, and from {limit} Hz on muscle looks like EEG; give a limit in µV or remove the line</source>
      <translation>no se puede desactivar: features.{name} llega a {highest} Hz, y a partir de {limit} Hz el músculo parece EEG; dé un límite en µV o elimine la línea</translation>
    </message>
    <message>
      <source>must be 0 or at least {limit} s; an alpha peak needs so much clean EEG</source>
      <translation>debe ser 0 o al menos {limit} s; un pico alfa necesita tanto EEG limpio</translation>
    </message>
    <message>
      <source>must be at most baseline_s = {limit}; lengthen the baseline or ask for less</source>
      <translation>debe ser como máximo baseline_s = {limit}; alargue la línea base o pida menos</translation>
    </message>
    <message>
      <source>at least one must have role = "reward"; name one more</source>
      <translation>al menos una debe tener role = "reward"; nombre una más</translation>
    </message>
    <message>
      <source>must differ from theta; nothing crosses itself</source>
      <translation>debe ser distinto de theta; nada se cruza a sí mismo</translation>
    </message>
    <message>
      <source>there is no such file. Check the name and the folder.</source>
      <translation>no existe ese archivo. Compruebe el nombre y la carpeta.</translation>
    </message>
    <message>
      <source>this folder is no session of this program. Choose a file, or a session folder.</source>
      <translation>esta carpeta no es una sesión de este programa. Elija un archivo o una carpeta de sesión.</translation>
    </message>
    <message>
      <source>this is not a file. Choose the file that holds the samples.</source>
      <translation>esto no es un archivo. Elija el archivo que contiene las muestras.</translation>
    </message>
    <message>
      <source>it cannot be read ({reason}). Check the permissions and the drive.</source>
      <translation>no se puede leer ({reason}). Compruebe los permisos y la unidad.</translation>
    </message>
    <message>
      <source>the file is empty. Copy it again from where it was recorded.</source>
      <translation>el archivo está vacío. Cópielo de nuevo desde donde se registró.</translation>
    </message>
    <message>
      <source>{size} GiB is more than the {most} GiB that are read. Cut it shorter.</source>
      <translation>{size} GiB son más que los {most} GiB que se leen. Acórtelo.</translation>
    </message>
    <message>
      <source>it does not fit into memory. Cut it shorter.</source>
      <translation>no cabe en la memoria. Acórtelo.</translation>
    </message>
    <message>
      <source>its content is no known recording. EDF, BDF, BrainVision, XDF, OpenBCI, Muse and BrainFlow files and tables with channel names are read.</source>
      <translation>su contenido no es un registro conocido. Se leen archivos EDF, BDF, BrainVision, XDF, OpenBCI, Muse y BrainFlow, y tablas con nombres de canales.</translation>
    </message>
    <message>
      <source>it holds no samples. Choose a recording that was not stopped before it began.</source>
      <translation>no contiene muestras. Elija un registro que no se detuviera antes de empezar.</translation>
    </message>
    <message>
      <source>none of its values is a finite number. Export the recording again.</source>
      <translation>ninguno de sus valores es un número finito. Exporte el registro de nuevo.</translation>
    </message>
    <message>
      <source>a sampling rate of {rate} Hz is outside {least}–{most} Hz. Give the true rate as sampling_rate_hz, or export the recording again.</source>
      <translation>una frecuencia de muestreo de {rate} Hz está fuera de {least}–{most} Hz. Indique la verdadera como sampling_rate_hz, o exporte el registro de nuevo.</translation>
    </message>
    <message>
      <source>a text-mode transfer (ftp, git) put a carriage return before each of its {n} line feeds. Copy it again in binary mode, or undo it by replacing every CR LF by LF.</source>
      <translation>una transferencia en modo texto (ftp, git) puso un retorno de carro ante cada uno de sus {n} saltos de línea. Cópielo de nuevo en modo binario, o sustituya cada CR LF por LF.</translation>
    </message>
    <message>
      <source>it was handled as UTF-8 text, which replaced {n} bytes for good. Copy it again in binary mode.</source>
      <translation>se trató como texto UTF-8, lo que sustituyó {n} bytes sin remedio. Cópielo de nuevo en modo binario.</translation>
    </message>
    <message>
      <source>its data file is damaged: {why}</source>
      <translation>su archivo de datos está dañado: {why}</translation>
    </message>
    <message>
      <source>it holds no whole data record. Copy it again from where it was recorded.</source>
      <translation>no contiene ningún bloque de datos completo. Cópielo de nuevo desde donde se registró.</translation>
    </message>
    <message>
      <source>its data records do not begin where the header says, so bytes were lost or added inside it. Copy it again in binary mode.</source>
      <translation>sus bloques de datos no empiezan donde dice la cabecera, así que se perdieron o añadieron bytes. Cópielo de nuevo en modo binario.</translation>
    </message>
    <message>
      <source>none of its {n} signals is EEG ({names}). Choose the file that holds the EEG.</source>
      <translation>ninguna de sus {n} señales es EEG ({names}). Elija el archivo que contiene el EEG.</translation>
    </message>
    <message>
      <source>none of its channels is EEG. Choose the file that holds the EEG.</source>
      <translation>ninguno de sus canales es EEG. Elija el archivo que contiene el EEG.</translation>
    </message>
    <message>
      <source>its data file {file} is not beside it. Copy the .vhdr, .eeg and .vmrk files together.</source>
      <translation>su archivo de datos {file} no está a su lado. Copie juntos los archivos .vhdr, .eeg y .vmrk.</translation>
    </message>
    <message>
      <source>none of its columns is an EEG channel. Name the columns by their sites (Fz, Cz, …) in the first row.</source>
      <translation>ninguna de sus columnas es un canal de EEG. Nombre las columnas por sus sitios (Fz, Cz, …) en la primera fila.</translation>
    </message>
    <message>
      <source>the table does not say its sampling rate. Give it as sampling_rate_hz (--rate on the command line).</source>
      <translation>la tabla no dice su frecuencia de muestreo. Indíquela como sampling_rate_hz (--rate en la línea de órdenes).</translation>
    </message>
    <message>
      <source>it is not text, although its name says so. Open the recording in its own format.</source>
      <translation>no es texto, aunque su nombre lo diga. Abra el registro en su propio formato.</translation>
    </message>
    <message>
      <source>it holds no EEG stream with samples but {names}. Choose the file that holds the EEG.</source>
      <translation>no contiene ningún flujo de EEG con muestras, sino {names}. Elija el archivo que contiene el EEG.</translation>
    </message>
    <message>
      <source>a Mind Monitor table of band powers; its RAW columns are single values per row, not the signal. Record with an LSL or OSC recorder (muse-lsl), or open the raw recording it was made from.</source>
      <translation>una tabla de Mind Monitor con potencias de banda; sus columnas RAW son valores sueltos por fila, no la señal. Registre por LSL u OSC (muse-lsl), o abra el registro crudo del que procede.</translation>
    </message>
    <message>
      <source>is not a recording of nfb; give the session's folder, sub-…/ses-…, in a folder of recordings</source>
      <translation>no es un registro de nfb; indique la carpeta de la sesión, sub-…/ses-…, dentro de una carpeta de registros</translation>
    </message>
    <message>
      <source>cannot be read: {reason}</source>
      <translation>no se puede leer: {reason}</translation>
    </message>
    <message>
      <source>is damaged ({what})</source>
      <translation>está dañado ({what})</translation>
    </message>
    <message>
      <source>is not a session of nfb</source>
      <translation>no es una sesión de nfb</translation>
    </message>
    <message>
      <source>needs a newer nfb; this one reads {schema}</source>
      <translation>necesita un nfb más nuevo; este lee {schema}</translation>
    </message>
    <message>
      <source>is not a {kind}; the file was changed or comes from another version</source>
      <translation>no es {kind}; el archivo se modificó o es de otra versión</translation>
    </message>
    <message>
      <source>has an unknown form; the file was changed or comes from another version</source>
      <translation>tiene una forma desconocida; el archivo se modificó o es de otra versión</translation>
    </message>
    <message>
      <source>is missing; the file was changed or comes from another version</source>
      <translation>falta; el archivo se modificó o es de otra versión</translation>
    </message>
    <message>
      <source>cannot be written: {reason}. Choose another folder, or free some space.</source>
      <translation>no se puede escribir: {reason}. Elija otra carpeta, o libere espacio.</translation>
    </message>
    <message>
      <source>cannot be finished: {reason}. All samples are kept.</source>
      <translation>no se puede terminar: {reason}. Se conservan todas las muestras.</translation>
    </message>
    <message>
      <source>the session ended before its first decision; there is nothing to report</source>
      <translation>la sesión acabó antes de su primera decisión; no hay nada que informar</translation>
    </message>
    <message>
      <source>Serial port {port} is in use.</source>
      <translation>El puerto serie {port} está en uso.</translation>
    </message>
    <message>
      <source>Serial port {port} cannot be opened.</source>
      <translation>No se puede abrir el puerto serie {port}.</translation>
    </message>
    <message>
      <source>No Bluetooth adapter was found.</source>
      <translation>No se encontró ningún adaptador Bluetooth.</translation>
    </message>
    <message>
      <source>Serial port {port} does not accept the settings of the {device}.</source>
      <translation>El puerto serie {port} no acepta la configuración de {device}.</translation>
    </message>
    <message>
      <source>The link to the {device} broke.</source>
      <translation>Se cortó la conexión con {device}.</translation>
    </message>
    <message>
      <source>The {device} does not take commands.</source>
      <translation>{device} no acepta órdenes.</translation>
    </message>
    <message>
      <source>The dongle answers, but the board is off or out of reach.</source>
      <translation>El adaptador USB responde, pero la placa está apagada o fuera de alcance.</translation>
    </message>
    <message>
      <source>Nothing on serial port {port} answers like the {device} does.</source>
      <translation>Nada en el puerto serie {port} responde como {device}.</translation>
    </message>
    <message>
      <source>The {device} was not found.</source>
      <translation>No se encontró {device}.</translation>
    </message>
    <message>
      <source>The {device} does not answer.</source>
      <translation>{device} no responde.</translation>
    </message>
    <message>
      <source>The {device} was not found in the network.</source>
      <translation>No se encontró {device} en la red.</translation>
    </message>
    <message>
      <source>The {device} needs a serial port.</source>
      <translation>{device} necesita un puerto serie.</translation>
    </message>
    <message>
      <source>The {device} does not take these connection parameters.</source>
      <translation>{device} no acepta estos parámetros de conexión.</translation>
    </message>
    <message>
      <source>BrainFlow does not support the {device} on this computer.</source>
      <translation>BrainFlow no admite {device} en este ordenador.</translation>
    </message>
    <message>
      <source>The {device} is already connected.</source>
      <translation>Ya hay conexión con {device}.</translation>
    </message>
    <message>
      <source>A system library for the {device} is missing or its radio is off.</source>
      <translation>Falta una biblioteca del sistema para {device} o su radio está apagada.</translation>
    </message>
    <message>
      <source>The dongle on {port} does not answer.</source>
      <translation>El adaptador USB en {port} no responde.</translation>
    </message>
    <message>
      <source>The driver of the {device} stopped working.</source>
      <translation>El controlador de {device} dejó de funcionar.</translation>
    </message>
    <message>
      <source>The driver of the {device} gave error {code}.</source>
      <translation>El controlador de {device} dio el error {code}.</translation>
    </message>
    <message>
      <source>The {device} was started and sent nothing for {n} s.</source>
      <translation>{device} se inició y no envió nada durante {n} s.</translation>
    </message>
    <message>
      <source>The {device} did not connect within {n} s.</source>
      <translation>{device} no se conectó en {n} s.</translation>
    </message>
    <message>
      <source>Serial port {port} is in use by another nfb session.</source>
      <translation>Otra sesión de nfb está usando el puerto serie {port}.</translation>
    </message>
    <message>
      <source>Connecting to the {device} was cancelled.</source>
      <translation>Se canceló la conexión con {device}.</translation>
    </message>
    <message>
      <source>The driver process of the {device} ended unexpectedly (signal {code}).</source>
      <translation>El proceso del controlador de {device} terminó de forma inesperada (señal {code}).</translation>
    </message>
    <message>
      <source>The driver process of the {device} ended unexpectedly (exit code {code}).</source>
      <translation>El proceso del controlador de {device} terminó de forma inesperada (código de salida {code}).</translation>
    </message>
    <message>
      <source>The driver process of the {device} cannot be started: {reason}.</source>
      <translation>No se puede iniciar el proceso del controlador de {device}: {reason}.</translation>
    </message>
    <message>
      <source>The {device} has {n} EEG channels; the driver gives {n_driver}.</source>
      <translation>{device} tiene {n} canales EEG; el controlador da {n_driver}.</translation>
    </message>
    <message>
      <source>No samples from the {device}.</source>
      <translation>Sin muestras de {device}.</translation>
    </message>
    <message>
      <source>Switch the board on (on a Cyton to PC, not BLE), check the dongle's switch (GPIO 6) and the battery.</source>
      <translation>Encienda la placa (en un Cyton, en PC, no BLE), compruebe el interruptor del adaptador USB (GPIO 6) y la batería.</translation>
    </message>
    <message>
      <source>Switch the headset on, bring it near the dongle and check that the port is the dongle's.</source>
      <translation>Encienda la diadema, acérquela al adaptador USB y compruebe que el puerto sea el del adaptador.</translation>
    </message>
    <message>
      <source>Switch the headset on, charge it, bring it near, and disconnect it from phones and other programs.</source>
      <translation>Encienda la diadema, cárguela, acérquela y desconéctela de teléfonos y otros programas.</translation>
    </message>
    <message>
      <source>Switch the headset on, pair it in the system's Bluetooth settings and give its address.</source>
      <translation>Encienda la diadema, emparéjela en los ajustes Bluetooth del sistema e indique su dirección.</translation>
    </message>
    <message>
      <source>Switch the board on and check that it and this computer are in the same network, with no firewall or guest network between them.</source>
      <translation>Encienda la placa y compruebe que ella y este ordenador estén en la misma red, sin cortafuegos ni red de invitados de por medio.</translation>
    </message>
    <message>
      <source>Check that the amplifier is switched on and plugged in, and that the maker's driver is installed.</source>
      <translation>Compruebe que el amplificador esté encendido y enchufado, y que el controlador del fabricante esté instalado.</translation>
    </message>
    <message>
      <source>Check that the board sits on the computer's pins and that its bus (SPI) is switched on.</source>
      <translation>Compruebe que la placa esté en los pines del ordenador y que su bus (SPI) esté activado.</translation>
    </message>
    <message>
      <source>Connect again; if it stays so, the driver's log tells more.</source>
      <translation>Conecte de nuevo; si sigue así, el log del controlador dice más.</translation>
    </message>
    <message>
      <source>Install libdbus-1-3 on Linux; on macOS allow this program to use Bluetooth.</source>
      <translation>Instale libdbus-1-3 en Linux; en macOS permita que este programa use Bluetooth.</translation>
    </message>
    <message>
      <source>Install libbluetooth3 on Linux, and check that Bluetooth is switched on.</source>
      <translation>Instale libbluetooth3 en Linux y compruebe que Bluetooth esté activado.</translation>
    </message>
    <message>
      <source>Install libusb-1.0-0 on Linux, the maker's driver on Windows.</source>
      <translation>Instale libusb-1.0-0 en Linux y el controlador del fabricante en Windows.</translation>
    </message>
    <message>
      <source>Close every other program that uses it, wait a few seconds and connect again.</source>
      <translation>Cierre todos los demás programas que lo usen, espere unos segundos y conecte de nuevo.</translation>
    </message>
    <message>
      <source>Check that the dongle is plugged in, that the port's name is right, and that you may use serial ports.</source>
      <translation>Compruebe que el adaptador USB esté enchufado, que el nombre del puerto sea correcto y que usted pueda usar puertos serie.</translation>
    </message>
    <message>
      <source>Check that the dongle is plugged in, that the port's name is right, and that you may use serial ports (on Linux: be in the group dialout).</source>
      <translation>Compruebe que el adaptador USB esté enchufado, que el nombre del puerto sea correcto y que usted pueda usar puertos serie (en Linux: estar en el grupo dialout).</translation>
    </message>
    <message>
      <source>Switch Bluetooth on, or plug in a Bluetooth adapter.</source>
      <translation>Active Bluetooth o enchufe un adaptador Bluetooth.</translation>
    </message>
    <message>
      <source>Choose the port its dongle is plugged into.</source>
      <translation>Elija el puerto en el que está enchufado su adaptador USB.</translation>
    </message>
    <message>
      <source>It takes none.</source>
      <translation>No acepta ninguno.</translation>
    </message>
    <message>
      <source>It takes {params}.</source>
      <translation>Acepta {params}.</translation>
    </message>
    <message>
      <source>It works on {one}.</source>
      <translation>Funciona en {one}.</translation>
    </message>
    <message>
      <source>It works on {one} and {two}.</source>
      <translation>Funciona en {one} y {two}.</translation>
    </message>
    <message>
      <source>It works on {one}, {two} and {three}.</source>
      <translation>Funciona en {one}, {two} y {three}.</translation>
    </message>
    <message>
      <source>End that session first, or choose another port.</source>
      <translation>Termine antes esa sesión o elija otro puerto.</translation>
    </message>
    <message>
      <source>Close other programs and try again.</source>
      <translation>Cierre otros programas e inténtelo de nuevo.</translation>
    </message>
    <message>
      <source>Install the BrainFlow release that this version of nfb was made for.</source>
      <translation>Instale la versión de BrainFlow para la que se hizo esta versión de nfb.</translation>
    </message>
    <message>
      <source>{way_out} The driver says: {log}.</source>
      <translation>{way_out} El controlador dice: {log}.</translation>
    </message>
    <message>
      <source>Sit up for five minutes before you leave, and do not drive until you are fully awake.</source>
      <translation>Quédese sentado erguido cinco minutos antes de irse, y no conduzca hasta estar del todo despierto.</translation>
    </message>
    <message>
      <source> (did you mean '{word}'?)</source>
      <translation> (¿quiso decir «{word}»?)</translation>
    </message>
    <message>
      <source>Posterior alpha with eyes closed, up</source>
      <translation>Alfa posterior con ojos cerrados, subir</translation>
    </message>
    <message>
      <source>Learn to let alpha, the resting rhythm of the waking brain, become large over the back of the head with eyes closed, guided by sound.</source>
      <translation>Aprender a dejar que alfa, el ritmo de reposo del cerebro despierto, se haga grande en la parte posterior de la cabeza con los ojos cerrados, con la guía del sonido.</translation>
    </message>
    <message>
      <source>Eyes closed. Let the sounds come; there is no right way. Stay awake, jaw loose, eyes quiet behind the lids.</source>
      <translation>Ojos cerrados. Deje que vengan los sonidos; no hay una manera correcta. Sin dormirse, mandíbula suelta, ojos tranquilos bajo los párpados.</translation>
    </message>
    <message>
      <source>Training and education, not a medical device. Do not change medication or other care because of it.</source>
      <translation>Entrenamiento y formación, no es un producto sanitario. No cambie la medicación ni otra atención a causa de él.</translation>
    </message>
    <message>
      <source>Ask a clinician first after any seizure or unexplained loss of consciousness, with an implanted stimulator, after a head injury, or in pregnancy.</source>
      <translation>Pregunte antes a un clínico si ha tenido una crisis epiléptica o una pérdida de conciencia sin explicación, si lleva un estimulador implantado, tras una lesión en la cabeza o en el embarazo.</translation>
    </message>
    <message>
      <source>With eyes closed it is easy to nod off, and alpha then fades. Stay five minutes before you leave or drive if you were drowsy.</source>
      <translation>Con los ojos cerrados es fácil adormecerse, y entonces alfa se desvanece. Quédese cinco minutos antes de irse o conducir si ha tenido somnolencia.</translation>
    </message>
    <message>
      <source>Stop and tell someone if you get a headache, feel foggy, dizzy, far away from yourself, restless or low.</source>
      <translation>Pare y avise a alguien si le duele la cabeza, siente niebla mental, mareo, lejanía, inquietud o ánimo bajo.</translation>
    </message>
    <message>
      <source>An early study linked alpha training with less anxiety in anxious people (Hardt 1978). In 32 women trained to raise right frontal alpha or a control, negative affect and anxiety fell, depression did not change (Mennella 2017); there the sites were frontal. In training of alpha at P4, what grew was the number of alpha episodes, not their size (Ossadtchi 2017).</source>
      <translation>Un estudio temprano relacionó el entrenamiento de alfa con menos ansiedad en personas ansiosas (Hardt 1978). En 32 mujeres entrenadas para aumentar el alfa frontal derecho o con un control, el afecto negativo y la ansiedad bajaron y la depresión no cambió (Mennella 2017); allí los sitios eran frontales. En el entrenamiento de alfa en P4 creció el número de episodios de alfa, no su tamaño (Ossadtchi 2017).</translation>
    </message>
    <message>
      <source>No controlled study of this protocol as it stands is known to us. Closing the eyes, resting and expecting to be calm raise alpha and calm people without any training, and sleepiness lowers it. With a low-priced headset and single-blind sham, alpha rose faster than under sham, with no gain in thinking tasks (Naas 2019). A higher alpha is not by itself better health.</source>
      <translation>No conocemos ningún estudio controlado de este protocolo tal como está. Cerrar los ojos, descansar y esperar calma aumentan alfa y calman a las personas sin ningún entrenamiento, y la somnolencia lo reduce. Con un casco económico y simulado a simple ciego, alfa subió más rápido que con el simulado, sin mejora en tareas de pensamiento (Naas 2019). Un alfa más alto no es por sí mismo mejor salud.</translation>
    </message>
    <message>
      <source>alpha</source>
      <translation>alfa</translation>
    </message>
    <message>
      <source>PO3 and PO4 stand in for the posterior sites</source>
      <translation>PO3 y PO4 en lugar de los sitios posteriores</translation>
    </message>
    <message>
      <source>CP3 and CP4 stand in for the posterior sites; alpha is weaker there</source>
      <translation>CP3 y CP4 en lugar de los sitios posteriores; alfa es más débil allí</translation>
    </message>
    <message>
      <source>TP9 and TP10 behind the ears stand in for the posterior sites; alpha is weaker there and jaw tension nearer</source>
      <translation>TP9 y TP10 detrás de las orejas en lugar de los sitios posteriores; alfa es más débil allí y la tensión de la mandíbula está más cerca</translation>
    </message>
    <message>
      <source>C3 and C4 stand in for the posterior sites; the rhythm there is partly that of the resting hands</source>
      <translation>C3 y C4 en lugar de los sitios posteriores; el ritmo allí es en parte el de las manos en reposo</translation>
    </message>
    <message>
      <source>L1 and R1 stand in for the posterior sites; look whether alpha grows there when the eyes close</source>
      <translation>L1 y R1 en lugar de los sitios posteriores; mire si alfa crece allí al cerrar los ojos</translation>
    </message>
    <message>
      <source>Alpha at Pz, down</source>
      <translation>Alfa en Pz, bajar</translation>
    </message>
    <message>
      <source>Learn to make alpha (8-12 Hz) over the top of the back of the head small with eyes open. Rewarded while it stays below its threshold. Alpha often comes back stronger afterwards.</source>
      <translation>Aprender a hacer pequeño alfa (8-12 Hz) en la parte posterior alta de la cabeza con los ojos abiertos. Se recompensa mientras queda por debajo de su umbral. A menudo alfa vuelve después con más fuerza.</translation>
    </message>
    <message>
      <source>Let the bar rise: it rises as alpha becomes small. Notice what you are doing when it does. Eyes open, jaw loose.</source>
      <translation>Deje subir la barra: sube cuando alfa se hace pequeño. Observe qué está haciendo cuando ocurre. Ojos abiertos, mandíbula suelta.</translation>
    </message>
    <message>
      <source>For trained clinicians only, who stay in the room: strong feelings and memories can come up. Never alone, never at a distance.</source>
      <translation>Solo para clínicos formados, que permanecen en la sala: pueden surgir sentimientos y recuerdos intensos. Nunca a solas, nunca a distancia.</translation>
    </message>
    <message>
      <source>Not for anyone who has ever lost touch with reality, been unusually high for days, or loses hold of themselves under strain, unless their own clinician leads it.</source>
      <translation>No es para quien haya perdido alguna vez el contacto con la realidad, haya estado días con una euforia fuera de lo habitual o pierda el dominio de sí bajo tensión, salvo que lo dirija su propio clínico.</translation>
    </message>
    <message>
      <source>Stop if the person becomes restless, numb or far away. Ask again the next day.</source>
      <translation>Pare si la persona muestra inquietud, embotamiento o lejanía. Vuelva a preguntar al día siguiente.</translation>
    </message>
    <message>
      <source>small randomised study; rebound of alpha; for trained clinicians only</source>
      <translation>estudio aleatorizado pequeño; rebote de alfa; solo para clínicos formados</translation>
    </message>
    <message>
      <source>Lowering alpha at Pz was studied in people with post-traumatic stress, first in one session (Kluetsch 2014), later in a small randomised study (Nicholson 2020). The reward of 65 % of the time, and its adjustment below 40 % or above 90 %, come from there.</source>
      <translation>Bajar alfa en Pz se estudió en personas con estrés postraumático, primero en una sesión (Kluetsch 2014) y más tarde en un estudio aleatorizado pequeño (Nicholson 2020). La recompensa del 65 % del tiempo, y su ajuste por debajo del 40 % o por encima del 90 %, vienen de ahí.</translation>
    </message>
    <message>
      <source>The studies were small and come from one line of work. Alpha rebounds after it was lowered, and which of the two matters is not known. In another study of alpha down 8 of 29 people did not learn it (Nan 2018). Expectancy, attention and the clinician's presence cannot be told apart from the training; where other protocols were compared with sham, the benefit was not specific (ICAN 2021).</source>
      <translation>Los estudios fueron pequeños y provienen de una misma línea de trabajo. Alfa rebota después de bajarlo, y no se sabe cuál de las dos cosas importa. En otro estudio de bajada de alfa, 8 de 29 personas no lo aprendieron (Nan 2018). La expectativa, la atención y la presencia del clínico no pueden separarse del entrenamiento; donde otros protocolos se compararon con un simulado, el beneficio no fue específico (ICAN 2021).</translation>
    </message>
    <message>
      <source>P3 and P4 stand in for Pz</source>
      <translation>P3 y P4 en lugar de Pz</translation>
    </message>
    <message>
      <source>PO3 and PO4 stand in for Pz</source>
      <translation>PO3 y PO4 en lugar de Pz</translation>
    </message>
    <message>
      <source>CP3 and CP4 stand in for Pz; alpha is weaker there</source>
      <translation>CP3 y CP4 en lugar de Pz; alfa es más débil allí</translation>
    </message>
    <message>
      <source>Alpha at P4 in short runs, up</source>
      <translation>Alfa en P4 en tramos cortos, subir</translation>
    </message>
    <message>
      <source>Learn to raise alpha, the resting rhythm of the waking brain, over the right back of the head with eyes open, in many short runs. The study it follows varied only how late the feedback came, which makes it a test of one's own equipment.</source>
      <translation>Aprender a subir alfa, el ritmo de reposo del cerebro despierto, en la parte posterior derecha de la cabeza con los ojos abiertos, en muchos tramos cortos. El estudio que sigue solo varió cuánto tardaba el feedback, por lo que sirve de prueba del propio equipo.</translation>
    </message>
    <message>
      <source>Let the bar rise. There is no right way: notice what you are doing when it does. Sit still, eyes open, jaw loose.</source>
      <translation>Deje subir la barra. No hay una manera correcta: observe qué está haciendo cuando ocurre. Cuerpo quieto, ojos abiertos, mandíbula suelta.</translation>
    </message>
    <message>
      <source>Thirty minutes of training are much for a first time: stop after seven runs then. Tell someone if you get a headache or feel foggy, dizzy, restless or low.</source>
      <translation>Treinta minutos de entrenamiento son muchos para la primera vez: pare entonces tras siete tramos. Avise a alguien si le duele la cabeza o siente niebla mental, mareo, inquietud o ánimo bajo.</translation>
    </message>
    <message>
      <source>controlled, healthy volunteers</source>
      <translation>controlado, voluntarios sanos</translation>
    </message>
    <message>
      <source>Healthy people trained alpha at P4 in 15 runs of 2 minutes with the feedback as fast as could be, 0.25 s later or 0.5 s later. Only the fastest left a lasting change; a quarter of a second more weakened it (Belinskaia 2020). What grew was the number of alpha episodes, not their size or length (Ossadtchi 2017).</source>
      <translation>Personas sanas entrenaron alfa en P4 en 15 tramos de 2 minutos con el feedback lo más rápido posible, 0,25 s después o 0,5 s después. Solo el más rápido dejó un cambio duradero; un cuarto de segundo más lo debilitó (Belinskaia 2020). Creció el número de episodios de alfa, no su tamaño ni su duración (Ossadtchi 2017).</translation>
    </message>
    <message>
      <source>A change of alpha is all that was looked at: nothing is known of a benefit. The absolute delay of that study is not known to us, and the headset's own delay adds to the one shown here. In another study with a sham group alpha rose faster than under sham, with no gain in thinking tasks (Naas 2019). Many people do not learn it.</source>
      <translation>Solo se observó un cambio de alfa: no se sabe nada de un beneficio. No conocemos el retardo absoluto de aquel estudio, y el retardo propio del casco se suma al que se muestra aquí. En otro estudio con grupo simulado alfa subió más rápido que con el simulado, sin mejora en tareas de pensamiento (Naas 2019). Muchas personas no lo aprenden.</translation>
    </message>
    <message>
      <source>PO4 stands in for P4</source>
      <translation>PO4 en lugar de P4</translation>
    </message>
    <message>
      <source>CP4 stands in for P4; alpha is weaker there</source>
      <translation>CP4 en lugar de P4; alfa es más débil allí</translation>
    </message>
    <message>
      <source>P8 stands in for P4</source>
      <translation>P8 en lugar de P4</translation>
    </message>
    <message>
      <source>Pz stands in for P4</source>
      <translation>Pz en lugar de P4</translation>
    </message>
    <message>
      <source>O2 stands in for P4</source>
      <translation>O2 en lugar de P4</translation>
    </message>
    <message>
      <source>TP10 behind the ear stands in for P4; alpha is weaker there and jaw tension nearer</source>
      <translation>TP10 detrás de la oreja en lugar de P4; alfa es más débil allí y la tensión de la mandíbula está más cerca</translation>
    </message>
    <message>
      <source>Theta over alpha with eyes closed</source>
      <translation>Theta sobre alfa con ojos cerrados</translation>
    </message>
    <message>
      <source>Learn to rest between waking and sleep with eyes closed. As one sinks, alpha (8-11 Hz) fades and theta (5-8 Hz) takes over; the sound tells how far theta stands against alpha. It is a state to be visited, not a score to be raised.</source>
      <translation>Aprender a reposar entre la vigilia y el sueño con los ojos cerrados. Al hundirse, alfa (8-11 Hz) se desvanece y theta (5-8 Hz) toma el relevo; el sonido indica cuánto destaca theta frente a alfa. Es un estado para visitar, no una puntuación que subir.</translation>
    </message>
    <message>
      <source>Eyes closed. Let yourself sink without falling asleep, and let the sounds come and go. There is nothing to do.</source>
      <translation>Ojos cerrados. Déjese ir hacia lo profundo sin dormirse y deje que los sonidos vengan y se vayan. No hay nada que hacer.</translation>
    </message>
    <message>
      <source>A clinician must be present throughout: memories and strong feelings can come up. Never alone, never at a distance.</source>
      <translation>Un clínico debe estar presente en todo momento: pueden surgir recuerdos y sentimientos intensos. Nunca a solas, nunca a distancia.</translation>
    </message>
    <message>
      <source>Not for anyone who has ever lost touch with reality, been unusually high for days, or loses hold of themselves under strain, unless their clinician leads it.</source>
      <translation>No es para quien haya perdido alguna vez el contacto con la realidad, haya estado días con una euforia fuera de lo habitual o pierda el dominio de sí bajo tensión, salvo que lo dirija su clínico.</translation>
    </message>
    <message>
      <source>Nearly everyone falls asleep at times. Sleep is not the aim: wake up gently, and stay five minutes before you leave or drive.</source>
      <translation>Casi todo el mundo se duerme alguna vez. Dormir no es el objetivo: despierte con suavidad y quédese cinco minutos antes de irse o conducir.</translation>
    </message>
    <message>
      <source>Stop and tell someone if you feel foggy, dizzy, far away from yourself, or low afterwards.</source>
      <translation>Pare y avise a alguien si después siente niebla mental, mareo, lejanía o ánimo bajo.</translation>
    </message>
    <message>
      <source>mixed; only with a clinician present</source>
      <translation>mixta; solo con un clínico presente</translation>
    </message>
    <message>
      <source>It is the second half of a course given beside medication to people whose depression had resisted treatment (Lee 2019), and of one without a control group for people with depression, there at Pz (Cheon 2016). The crossing of theta over alpha that clinicians wait for was described as theta above alpha by at least 1 µV for three minutes or more (Johnson 2011).</source>
      <translation>Es la segunda mitad de un curso aplicado junto a la medicación a personas cuya depresión había resistido el tratamiento (Lee 2019), y de otro sin grupo de control en personas con depresión, allí en Pz (Cheon 2016). El cruce de theta sobre alfa que los clínicos esperan se describió como theta por encima de alfa en al menos 1 µV durante tres minutos o más (Johnson 2011).</translation>
    </message>
    <message>
      <source>Studies differ in sites, bands and lengths, were small, and mostly had no sham group: suggestion, rest and the company of a clinician may explain what they found. Sleep of stage 2 filled 10 to 14 % of the training time in 95 % of people, and what they said about it was unreliable (Appl Psychophysiol Biofeedback 2015); it raises theta over alpha as well. Where other protocols were compared with sham, the benefit was not specific to the training (ICAN 2021).</source>
      <translation>Los estudios difieren en sitios, bandas y duraciones, fueron pequeños y en su mayoría no tenían grupo simulado: la sugestión, el descanso y la compañía de un clínico pueden explicar lo que hallaron. El sueño de fase 2 ocupó del 10 al 14 % del tiempo de entrenamiento en el 95 % de las personas, y lo que dijeron de ello no fue fiable (Appl Psychophysiol Biofeedback 2015); también eleva theta sobre alfa. Donde otros protocolos se compararon con un simulado, el beneficio no fue específico del entrenamiento (ICAN 2021).</translation>
    </message>
    <message>
      <source>theta</source>
      <translation>theta</translation>
    </message>
    <message>
      <source>theta over alpha</source>
      <translation>theta sobre alfa</translation>
    </message>
    <message>
      <source>TP9 and TP10 behind the ears stand in for Pz; both rhythms are weaker there and jaw tension nearer</source>
      <translation>TP9 y TP10 detrás de las orejas en lugar de Pz; ambos ritmos son más débiles allí y la tensión de la mandíbula está más cerca</translation>
    </message>
    <message>
      <source>Beta at F3, then theta over alpha</source>
      <translation>Beta en F3, después theta sobre alfa</translation>
    </message>
    <message>
      <source>Two parts in one visit. First, with eyes open, learn to raise beta (15-18 Hz) over the left front of the head while slow activity and the fastest beta stay low. Then, with eyes closed, learn to rest between waking and sleep, where alpha (8-11 Hz) fades and theta (5-8 Hz) takes over.</source>
      <translation>Dos partes en una visita. Primero, con los ojos abiertos, aprender a subir beta (15-18 Hz) en la parte frontal izquierda de la cabeza mientras la actividad lenta y la beta más rápida se mantienen bajas. Después, con los ojos cerrados, aprender a reposar entre la vigilia y el sueño, donde alfa (8-11 Hz) se desvanece y theta (5-8 Hz) toma el relevo.</translation>
    </message>
    <message>
      <source>First, eyes open: awake and interested, forehead smooth, lips apart. Then, eyes closed: let yourself sink without falling asleep. Let the sounds come and go.</source>
      <translation>Primero, con los ojos abiertos: atención e interés, frente lisa, labios separados. Después, con los ojos cerrados: déjese ir hacia lo profundo sin dormirse. Deje que los sonidos vengan y se vayan.</translation>
    </message>
    <message>
      <source>Made to go beside the care you have, never in its place: the person responsible for your care should know.</source>
      <translation>Pensado para acompañar la atención que recibe, nunca para ocupar su lugar: la persona responsable de su atención debe saberlo.</translation>
    </message>
    <message>
      <source>Ask a clinician first after any seizure or unexplained loss of consciousness, with an implanted stimulator, after a head injury, with any illness of the nerves, or in pregnancy.</source>
      <translation>Pregunte antes a un clínico si ha tenido una crisis epiléptica o una pérdida de conciencia sin explicación, si lleva un estimulador implantado, tras una lesión en la cabeza, con cualquier enfermedad de los nervios o en el embarazo.</translation>
    </message>
    <message>
      <source>A tense forehead or jaw looks like beta. Sit comfortably, lips apart; the muscle guard holds the reward while it lasts.</source>
      <translation>Una frente o una mandíbula tensas parecen beta. Siéntese con comodidad, labios separados; la protección muscular retiene la recompensa mientras dure.</translation>
    </message>
    <message>
      <source>Begin with `beta-left` alone. Both parts are 30 minutes of training, the most for a day; the sources trained twice as long.</source>
      <translation>Empiece solo con `beta-left`. Las dos partes suman 30 minutos de entrenamiento, lo máximo para un día; en las fuentes se entrenó el doble de tiempo.</translation>
    </message>
    <message>
      <source>If your mood gets worse, or you feel foggy, dizzy or far away from yourself afterwards, stop and tell the person responsible for your care.</source>
      <translation>Si su ánimo empeora, o si después siente niebla mental, mareo o lejanía, pare y avise a la persona responsable de su atención.</translation>
    </message>
    <message>
      <source>open label only; adjunct to care, with a clinician present</source>
      <translation>solo estudios abiertos; complemento de la atención, con un clínico presente</translation>
    </message>
    <message>
      <source>The course it comes from was given beside medication to people whose depression had resisted treatment: SMR or beta for 30 minutes, then alpha-theta for 30 minutes, 12 to 24 sessions in 12 weeks. Of 12 people 58 % responded and half were in remission by an observer's rating; 12 others had their usual treatment (Lee 2019). Of 20 people with depression who trained beta at F3 and alpha-theta at Pz for 8 weeks, without a control group, 75 % responded and 55 % were in remission (Cheon 2016). The crossing of theta over alpha that clinicians wait for was described as theta above alpha by at least 1 µV for three minutes or more (Johnson 2011).</source>
      <translation>El curso del que procede se aplicó junto a la medicación a personas cuya depresión había resistido el tratamiento: SMR o beta durante 30 minutos, luego alfa-theta durante 30 minutos, de 12 a 24 sesiones en 12 semanas. De 12 personas, el 58 % respondió y la mitad estaba en remisión según la valoración de un observador; otras 12 recibieron su tratamiento habitual (Lee 2019). De 20 personas con depresión que entrenaron beta en F3 y alfa-theta en Pz durante 8 semanas, sin grupo de control, el 75 % respondió y el 55 % estaba en remisión (Cheon 2016). El cruce de theta sobre alfa que los clínicos esperan se describió como theta por encima de alfa en al menos 1 µV durante tres minutos o más (Johnson 2011).</translation>
    </message>
    <message>
      <source>Both studies were small and open: everyone knew who was trained, so expectancy, attention, rest, the company of a clinician and the medication may explain all of it; neither can tell which of the two parts did what. Here each part is half as long as there. No comparison of this protocol with sham is known to us, and where others were compared with sham, the benefit was not specific to the training: theta/beta (ICAN 2021), SMR (Schabus 2017). Sleep of stage 2 filled 10 to 14 % of the time of alpha-theta training in 95 % of people, and what they said about it was unreliable (Appl Psychophysiol Biofeedback 2015); it raises theta over alpha as well. The first study left out people with psychosis, bipolar disorder, brain injury, neurological disease or convulsions, and pregnant women.</source>
      <translation>Ambos estudios fueron pequeños y abiertos: todos sabían quién entrenaba, así que la expectativa, la atención, el descanso, la compañía de un clínico y la medicación pueden explicarlo todo; ninguno puede decir cuál de las dos partes hizo qué. Aquí cada parte dura la mitad que allí. No conocemos ninguna comparación de este protocolo con un simulado, y donde otros se compararon con un simulado, el beneficio no fue específico del entrenamiento: theta/beta (ICAN 2021), SMR (Schabus 2017). El sueño de fase 2 ocupó del 10 al 14 % del tiempo de entrenamiento alfa-theta en el 95 % de las personas, y lo que dijeron de ello no fue fiable (Appl Psychophysiol Biofeedback 2015); también eleva theta sobre alfa. El primer estudio excluyó a personas con psicosis, trastorno bipolar, lesión cerebral, enfermedad neurológica o convulsiones, y a mujeres embarazadas.</translation>
    </message>
    <message>
      <source>beta</source>
      <translation>beta</translation>
    </message>
    <message>
      <source>left theta</source>
      <translation>theta izquierda</translation>
    </message>
    <message>
      <source>high beta</source>
      <translation>beta alta</translation>
    </message>
    <message>
      <source>F5 stands in for F3, PO3 and PO4 for Pz</source>
      <translation>F5 en lugar de F3, PO3 y PO4 en lugar de Pz</translation>
    </message>
    <message>
      <source>Beta at F3, up</source>
      <translation>Beta en F3, subir</translation>
    </message>
    <message>
      <source>Learn to raise beta (15-18 Hz) over the left front of the head with eyes open, while slow activity and the fastest beta stay low. In the source it is the first half of a visit; `alpha-theta` is the second.</source>
      <translation>Aprender a subir beta (15-18 Hz) en la parte frontal izquierda de la cabeza con los ojos abiertos, mientras la actividad lenta y la beta más rápida se mantienen bajas. En la fuente es la primera mitad de una visita; `alpha-theta` es la segunda.</translation>
    </message>
    <message>
      <source>Be awake and interested, and let the bar rise. Notice what you are doing when it does. Forehead smooth, lips apart.</source>
      <translation>Mantenga la atención y el interés, y deje subir la barra. Observe qué está haciendo cuando ocurre. Frente lisa, labios separados.</translation>
    </message>
    <message>
      <source>Ask a clinician first after any seizure or unexplained loss of consciousness, with an implanted stimulator, after a head injury, with any illness of the nerves, in pregnancy, or if you have ever lost touch with reality or been unusually high for days.</source>
      <translation>Pregunte antes a un clínico si ha tenido una crisis epiléptica o una pérdida de conciencia sin explicación, si lleva un estimulador implantado, tras una lesión en la cabeza, con cualquier enfermedad de los nervios, en el embarazo, o si alguna vez ha perdido el contacto con la realidad o ha estado días con una euforia o una actividad fuera de lo habitual.</translation>
    </message>
    <message>
      <source>With `alpha-theta` afterwards the visit has about 40 minutes of training. More than 30 a day needs a reason; begin with this half alone.</source>
      <translation>Con `alpha-theta` después, la visita tiene unos 40 minutos de entrenamiento. Más de 30 al día requiere un motivo; empiece solo con esta mitad.</translation>
    </message>
    <message>
      <source>If your mood gets worse, stop training and talk to the person responsible for your care.</source>
      <translation>Si su ánimo empeora, deje de entrenar y hable con la persona responsable de su atención.</translation>
    </message>
    <message>
      <source>open label only; adjunct to care</source>
      <translation>solo estudios abiertos; complemento de la atención</translation>
    </message>
    <message>
      <source>The course it comes from was given beside medication to people whose depression had resisted treatment: SMR or beta for 30 minutes, then alpha-theta for 30 minutes, 12 to 24 sessions in 12 weeks. Of 12 people 58 % responded and half were in remission by an observer's rating; 12 others had their usual treatment (Lee 2019). Of 20 people with depression who trained beta at F3 and alpha-theta at Pz for 8 weeks, without a control group, 75 % responded and 55 % were in remission (Cheon 2016).</source>
      <translation>El curso del que procede se aplicó junto a la medicación a personas cuya depresión había resistido el tratamiento: SMR o beta durante 30 minutos, luego alfa-theta durante 30 minutos, de 12 a 24 sesiones en 12 semanas. De 12 personas, el 58 % respondió y la mitad estaba en remisión según la valoración de un observador; otras 12 recibieron su tratamiento habitual (Lee 2019). De 20 personas con depresión que entrenaron beta en F3 y alfa-theta en Pz durante 8 semanas, sin grupo de control, el 75 % respondió y el 55 % estaba en remisión (Cheon 2016).</translation>
    </message>
    <message>
      <source>Both studies were small and open: everyone knew who was trained, so expectancy, attention, time and the medication may explain all of it. No comparison of this protocol with sham is known to us, and where others were compared with sham, the benefit was not specific to the training: theta/beta (ICAN 2021), SMR (Schabus 2017). The first study left out people with psychosis, bipolar disorder, brain injury, neurological disease or convulsions, and pregnant women.</source>
      <translation>Ambos estudios fueron pequeños y abiertos: todos sabían quién entrenaba, así que la expectativa, la atención, el tiempo y la medicación pueden explicarlo todo. No conocemos ninguna comparación de este protocolo con un simulado, y donde otros se compararon con un simulado, el beneficio no fue específico del entrenamiento: theta/beta (ICAN 2021), SMR (Schabus 2017). El primer estudio excluyó a personas con psicosis, trastorno bipolar, lesión cerebral, enfermedad neurológica o convulsiones, y a mujeres embarazadas.</translation>
    </message>
    <message>
      <source>F5 stands in for F3</source>
      <translation>F5 en lugar de F3</translation>
    </message>
    <message>
      <source>AF7 against the mean of TP9 and TP10 stands in for F3; blinks and forehead tension are nearer</source>
      <translation>AF7 frente a la media de TP9 y TP10 en lugar de F3; los parpadeos y la tensión de la frente están más cerca</translation>
    </message>
    <message>
      <source>Beta up and slow activity down at F3</source>
      <translation>Subir beta y bajar la actividad lenta en F3</translation>
    </message>
    <message>
      <source>Learn to raise beta (15-18 Hz) over the left front of the head while slow activity (4-10 Hz) stays low, with eyes open. An early protocol, kept for those who want to repeat it.</source>
      <translation>Aprender a subir beta (15-18 Hz) en la parte frontal izquierda de la cabeza mientras la actividad lenta (4-10 Hz) se mantiene baja, con los ojos abiertos. Un protocolo temprano, conservado para quienes quieran repetirlo.</translation>
    </message>
    <message>
      <source>Ask a clinician first after any seizure or unexplained loss of consciousness, with an implanted stimulator, after a head injury, in pregnancy, or if you have ever lost touch with reality or been unusually high for days.</source>
      <translation>Pregunte antes a un clínico si ha tenido una crisis epiléptica o una pérdida de conciencia sin explicación, si lleva un estimulador implantado, tras una lesión en la cabeza, en el embarazo, o si alguna vez ha perdido el contacto con la realidad o ha estado días con una euforia o una actividad fuera de lo habitual.</translation>
    </message>
    <message>
      <source>A tense forehead or jaw looks like beta, and blinks look like slow activity; the guards hold the reward while they last.</source>
      <translation>Una frente o una mandíbula tensas parecen beta, y los parpadeos parecen actividad lenta; las protecciones retienen la recompensa mientras duren.</translation>
    </message>
    <message>
      <source>If your mood gets worse, or you become restless or irritable, stop training and talk to the person responsible for your care.</source>
      <translation>Si su ánimo empeora, o nota inquietud o irritabilidad, deje de entrenar y hable con la persona responsable de su atención.</translation>
    </message>
    <message>
      <source>historic</source>
      <translation>histórica</translation>
    </message>
    <message>
      <source>A handful of people with depression trained with it, about 20 sessions each, and were reported one by one, without a control group (Hammond 2005).</source>
      <translation>Unas pocas personas con depresión entrenaron con él, unas 20 sesiones cada una, y se comunicaron una a una, sin grupo de control (Hammond 2005).</translation>
    </message>
    <message>
      <source>Case reports cannot tell training from expectancy, attention, time and other treatment, and no controlled study of this protocol is known to us. Where other protocols were compared with sham, the benefit was not specific to the training: theta/beta (ICAN 2021), SMR (Schabus 2017). Details of the source that are not known to us are filled in: one electrode at F3, and one band throughout.</source>
      <translation>Los informes de casos no pueden separar el entrenamiento de la expectativa, la atención, el tiempo y otro tratamiento, y no conocemos ningún estudio controlado de este protocolo. Donde otros protocolos se compararon con un simulado, el beneficio no fue específico del entrenamiento: theta/beta (ICAN 2021), SMR (Schabus 2017). Los detalles de la fuente que no conocemos se han completado: un electrodo en F3 y una sola banda en todo momento.</translation>
    </message>
    <message>
      <source>slow</source>
      <translation>lenta</translation>
    </message>
    <message>
      <source>Beta 1 at Cz, up</source>
      <translation>Beta 1 en Cz, subir</translation>
    </message>
    <message>
      <source>Learn to raise the slower part of beta (15-18 Hz) over the top of the head with eyes open, while theta and the fastest beta stay low.</source>
      <translation>Aprender a subir la parte más lenta de beta (15-18 Hz) en lo alto de la cabeza con los ojos abiertos, mientras theta y la beta más rápida se mantienen bajas.</translation>
    </message>
    <message>
      <source>Be awake and with it, and let the bar rise. Notice what you are doing when it does. Jaw loose, lips apart.</source>
      <translation>Mantenga la atención despierta y deje subir la barra. Observe qué está haciendo cuando ocurre. Mandíbula suelta, labios separados.</translation>
    </message>
    <message>
      <source>A tense jaw or neck looks like beta. Sit comfortably, lips apart; the muscle guard holds the reward while it lasts.</source>
      <translation>Una mandíbula o un cuello tensos parecen beta. Siéntese con comodidad, labios separados; la protección muscular retiene la recompensa mientras dure.</translation>
    </message>
    <message>
      <source>Stop and tell someone if you get a headache, become restless or irritable, or sleep worse afterwards.</source>
      <translation>Pare y avise a alguien si le duele la cabeza, nota inquietud o irritabilidad, o duerme peor después.</translation>
    </message>
    <message>
      <source>Healthy people trained beta 1 at Cz with theta and high beta kept down (Egner 2004). In another study healthy people trained the ratio of beta 1 to theta in 5 sessions; how well they did was predicted by their resting beta (Nan 2015).</source>
      <translation>Personas sanas entrenaron beta 1 en Cz manteniendo bajas theta y beta alta (Egner 2004). En otro estudio personas sanas entrenaron el cociente de beta 1 a theta en 5 sesiones; su beta en reposo predijo lo bien que les fue (Nan 2015).</translation>
    </message>
    <message>
      <source>The groups were small and healthy, and whether anything of daily life changes is not known. Where training against theta was compared with sham, the benefit was not specific: in attention deficit (ICAN 2021) and in healthy people (van Son 2020). Beta is small at the scalp and muscle is near.</source>
      <translation>Los grupos fueron pequeños y sanos, y no se sabe si algo cambia en la vida diaria. Donde el entrenamiento contra theta se comparó con un simulado, el beneficio no fue específico: en el déficit de atención (ICAN 2021) y en personas sanas (van Son 2020). Beta es pequeña en el cuero cabelludo y el músculo está cerca.</translation>
    </message>
    <message>
      <source>C3 and C4 stand in for Cz</source>
      <translation>C3 y C4 en lugar de Cz</translation>
    </message>
    <message>
      <source>Left-right frontal alpha balance</source>
      <translation>Equilibrio alfa frontal izquierda-derecha</translation>
    </message>
    <message>
      <source>Learn to shift the balance of frontal alpha to the right side. Alpha is strong where the cortex idles, so more of it on the right is read as relatively more activity on the left.</source>
      <translation>Aprender a desplazar el equilibrio del alfa frontal hacia el lado derecho. Alfa es fuerte donde la corteza está en reposo, por lo que más alfa a la derecha se lee como relativamente más actividad a la izquierda.</translation>
    </message>
    <message>
      <source>Let the bar rise. It moves slowly; give it time. Notice what you are doing when it does. Sit still, face relaxed.</source>
      <translation>Deje subir la barra. Se mueve despacio; dele tiempo. Observe qué está haciendo cuando ocurre. Cuerpo quieto, cara relajada.</translation>
    </message>
    <message>
      <source>The number is noisy: it says little over seconds and needs minutes of clean signal. Do not read a single session.</source>
      <translation>El número es ruidoso: dice poco en segundos y necesita minutos de señal limpia. No interprete una sola sesión.</translation>
    </message>
    <message>
      <source>controlled but small studies; change of the balance itself inconsistent</source>
      <translation>estudios controlados pero pequeños; cambio del propio equilibrio inconsistente</translation>
    </message>
    <message>
      <source>In people with depression a small randomised trial against placebo found a rise of the asymmetry and of mood (Choi 2011). In 87 people with depression, symptoms fell in both trained groups, and the asymmetry did not change differently from the control (Wang 2019). In 32 women trained to raise right frontal alpha or a control, negative affect and anxiety fell, depression did not change (Mennella 2017). In 60 people the resting balance changed only in the group trained to the right and was back after a week (Quaedflieg 2016). A review of 24 studies of neurofeedback in depression found most better than control, and most below strict standards of quality (Trambaiolli 2021).</source>
      <translation>En personas con depresión un pequeño ensayo aleatorizado frente a placebo halló un aumento de la asimetría y del ánimo (Choi 2011). En 87 personas con depresión los síntomas bajaron en ambos grupos entrenados, y la asimetría no cambió de forma distinta al control (Wang 2019). En 32 mujeres entrenadas para aumentar el alfa frontal derecho o con un control, el afecto negativo y la ansiedad bajaron y la depresión no cambió (Mennella 2017). En 60 personas el equilibrio en reposo cambió solo en el grupo entrenado hacia la derecha y había vuelto tras una semana (Quaedflieg 2016). Una revisión de 24 estudios de neurofeedback en la depresión halló la mayoría mejores que el control, y la mayoría por debajo de estándares estrictos de calidad (Trambaiolli 2021).</translation>
    </message>
    <message>
      <source>Promising, preliminary and not shown to be specific: expectancy, time and other treatment cannot be told apart. In 20 people with depression who trained other bands without a control group, mood improved while the asymmetry stayed as it was (Cheon 2016). In 230 people the frontal balance was not linked to well-being (Cannard 2021). Group differences in the balance are small beside its noise. Where other protocols were compared with sham, the benefit was not specific to the training: theta/beta (ICAN 2021), SMR (Schabus 2017).</source>
      <translation>Prometedor, preliminar y sin especificidad mostrada: la expectativa, el tiempo y otro tratamiento no se pueden separar. En 20 personas con depresión que entrenaron otras bandas sin grupo de control, el ánimo mejoró mientras la asimetría se quedó como estaba (Cheon 2016). En 230 personas el equilibrio frontal no se relacionó con el bienestar (Cannard 2021). Las diferencias de grupo en el equilibrio son pequeñas junto a su ruido. Donde otros protocolos se compararon con un simulado, el beneficio no fue específico del entrenamiento: theta/beta (ICAN 2021), SMR (Schabus 2017).</translation>
    </message>
    <message>
      <source>balance</source>
      <translation>equilibrio</translation>
    </message>
    <message>
      <source>F5 and F6 stand in for F3 and F4</source>
      <translation>F5 y F6 en lugar de F3 y F4</translation>
    </message>
    <message>
      <source>AF7 and AF8 against the mean of TP9 and TP10 stand in for F3 and F4; blinks and forehead tension are nearer</source>
      <translation>AF7 y AF8 frente a la media de TP9 y TP10 en lugar de F3 y F4; los parpadeos y la tensión de la frente están más cerca</translation>
    </message>
    <message>
      <source>Frontal midline theta, up</source>
      <translation>Theta frontal medial, subir</translation>
    </message>
    <message>
      <source>Learn to raise theta (4-8 Hz) over the middle of the front of the head with eyes open. This rhythm grows when one holds something in mind, and has nothing of sleep.</source>
      <translation>Aprender a subir theta (4-8 Hz) en el centro de la parte frontal de la cabeza con los ojos abiertos. Este ritmo crece cuando se mantiene algo en mente y no tiene nada que ver con el sueño.</translation>
    </message>
    <message>
      <source>Hold something in mind and let the bar rise. Notice what you are doing when it does. Eyes on one point, forehead smooth.</source>
      <translation>Mantenga algo en mente y deje subir la barra. Observe qué está haciendo cuando ocurre. Ojos en un punto, frente lisa.</translation>
    </message>
    <message>
      <source>Blinks and eye movements look like theta here. Eyes on one point, blink freely in the rests; the blink guard is strict and holds the reward meanwhile.</source>
      <translation>Aquí los parpadeos y los movimientos de los ojos parecen theta. Ojos en un punto, parpadee con libertad en los descansos; la protección de parpadeo es estricta y retiene entretanto la recompensa.</translation>
    </message>
    <message>
      <source>Thirty minutes of training are much for a first time: stop after three runs then. Tell someone if you get a headache or feel foggy, dizzy, restless or low.</source>
      <translation>Treinta minutos de entrenamiento son muchos para la primera vez: pare entonces tras tres tramos. Avise a alguien si le duele la cabeza o siente niebla mental, mareo, inquietud o ánimo bajo.</translation>
    </message>
    <message>
      <source>In healthy people 8 sessions raised theta over the frontal midline more than pseudo-feedback in an active control group (Enriquez-Geppert 2014), and went with gains in tasks of executive control (Enriquez-Geppert 2017).</source>
      <translation>En personas sanas 8 sesiones aumentaron theta sobre la línea media frontal más que un pseudofeedback en un grupo de control activo (Enriquez-Geppert 2014), y se acompañaron de mejoras en tareas de control ejecutivo (Enriquez-Geppert 2017).</translation>
    </message>
    <message>
      <source>The studies are of healthy people and of one line of work; whether anything of daily life changes is not known. There the band was laid around each person's own theta peak, found during a task: here it is 4-8 Hz for everyone, unless a copy of this protocol is given the person's own. Blinks that a guard misses are rewarded as theta. Where other protocols were compared with sham, the benefit was not specific to the training (ICAN 2021).</source>
      <translation>Los estudios son de personas sanas y de una misma línea de trabajo; no se sabe si algo cambia en la vida diaria. Allí la banda se situó en torno al pico theta propio de cada persona, hallado durante una tarea: aquí es de 4–8 Hz para todos, salvo que se dé a una copia de este protocolo la propia de la persona. Los parpadeos que una protección no detecta se recompensan como theta. Donde otros protocolos se compararon con un simulado, el beneficio no fue específico del entrenamiento (ICAN 2021).</translation>
    </message>
    <message>
      <source>High beta at P3 and P4, down</source>
      <translation>Beta alta en P3 y P4, bajar</translation>
    </message>
    <message>
      <source>Learn to let high beta (20-30 Hz) over the back of the head become small with eyes open. It is rewarded while it stays below its threshold.</source>
      <translation>Aprender a dejar que la beta alta (20-30 Hz) de la parte posterior de la cabeza se haga pequeña con los ojos abiertos. Se recompensa mientras queda por debajo de su umbral.</translation>
    </message>
    <message>
      <source>Let the bar rise by letting go: it rises as fast activity becomes small. Jaw loose, shoulders down, eyes open and soft.</source>
      <translation>Deje subir la barra soltando: sube cuando la actividad rápida se hace pequeña. Mandíbula suelta, hombros bajos, ojos abiertos y suaves.</translation>
    </message>
    <message>
      <source>Letting go of the jaw or neck lowers this number too, without any change in the brain. The muscle guard must stay on; relax jaw and neck before the baseline, not after it.</source>
      <translation>Soltar la mandíbula o el cuello también baja este número, sin cambio alguno en el cerebro. La protección muscular debe quedar activada; relaje mandíbula y cuello antes de la línea base, no después.</translation>
    </message>
    <message>
      <source>If your mood gets worse, or you feel tired or foggy, stop training and tell the person responsible for your care.</source>
      <translation>Si su ánimo empeora, o nota cansancio o niebla mental, deje de entrenar y avise a la persona responsable de su atención.</translation>
    </message>
    <message>
      <source>controlled, clinical, small</source>
      <translation>controlado, clínico, pequeño</translation>
    </message>
    <message>
      <source>In 87 people with depression, 10 sessions of high beta down at P3 and P4 were compared with training of the frontal balance and with a control group: high beta at P3 fell, and so did ratings of depression and anxiety (Wang 2019). A review of 24 studies of neurofeedback in depression found most better than control, and most below strict standards of quality (Trambaiolli 2021).</source>
      <translation>En 87 personas con depresión, 10 sesiones de bajada de beta alta en P3 y P4 se compararon con el entrenamiento del equilibrio frontal y con un grupo de control: la beta alta en P3 bajó, y también las valoraciones de depresión y ansiedad (Wang 2019). Una revisión de 24 estudios de neurofeedback en la depresión halló la mayoría mejores que el control, y la mayoría por debajo de estándares estrictos de calidad (Trambaiolli 2021).</translation>
    </message>
    <message>
      <source>Ratings fell in both trained groups alike, so what was trained may not have mattered; expectancy, attention and time cannot be told apart from it. There was no sham group, and where other protocols had one, the benefit was not specific to the training: theta/beta (ICAN 2021), SMR (Schabus 2017). At 20-30 Hz muscle is often larger than EEG.</source>
      <translation>Las valoraciones bajaron por igual en ambos grupos entrenados, así que lo entrenado quizá no importó; la expectativa, la atención y el tiempo no se pueden separar de ello. No hubo grupo simulado, y donde otros protocolos lo tuvieron, el beneficio no fue específico del entrenamiento: theta/beta (ICAN 2021), SMR (Schabus 2017). A 20–30 Hz el músculo suele ser mayor que el EEG.</translation>
    </message>
    <message>
      <source>CP3 and CP4 stand in for P3 and P4</source>
      <translation>CP3 y CP4 en lugar de P3 y P4</translation>
    </message>
    <message>
      <source>PO3 and PO4 stand in for P3 and P4</source>
      <translation>PO3 y PO4 en lugar de P3 y P4</translation>
    </message>
    <message>
      <source>PO7 and PO8 stand in for P3 and P4; the neck is nearer</source>
      <translation>PO7 y PO8 en lugar de P3 y P4; la nuca está más cerca</translation>
    </message>
    <message>
      <source>Alpha behind the ears, for a Muse</source>
      <translation>Alfa detrás de las orejas, para Muse</translation>
    </message>
    <message>
      <source>Learn to raise alpha, the resting rhythm of the waking brain, at the two electrodes of a Muse that sit behind the ears. It needs nothing but the headband, and is a good first session to learn how training feels.</source>
      <translation>Aprender a subir alfa, el ritmo de reposo del cerebro despierto, en los dos electrodos de una Muse que se apoyan detrás de las orejas. No necesita más que la diadema y es una buena primera sesión para conocer cómo se siente el entrenamiento.</translation>
    </message>
    <message>
      <source>Chewing, talking and a tense jaw reach the electrodes behind the ears; the guards hold the reward while they last.</source>
      <translation>Masticar, hablar y tensar la mandíbula llegan a los electrodos detrás de las orejas; las protecciones retienen la recompensa mientras duren.</translation>
    </message>
    <message>
      <source>Alpha also rises when you get drowsy. Stop if you nod off, and be fully awake before you drive.</source>
      <translation>Alfa también sube con la somnolencia. Pare si se adormece y despéjese del todo antes de conducir.</translation>
    </message>
    <message>
      <source>weak at these sites</source>
      <translation>débil en estos sitios</translation>
    </message>
    <message>
      <source>With a low-priced headset and single-blind sham, alpha rose faster than under sham feedback (Naas 2019). Alpha, the individual alpha frequency and the frontal balance from a mastoid-referenced Muse agreed acceptably with a 64-channel system (Cannard).</source>
      <translation>Con un casco económico y simulado a simple ciego, alfa subió más rápido que con feedback simulado (Naas 2019). El alfa, la frecuencia alfa individual y el equilibrio frontal de un Muse referido a los mastoides coincidieron aceptablemente con un sistema de 64 canales (Cannard).</translation>
    </message>
    <message>
      <source>No controlled study of this protocol at TP9 and TP10 is known to us. The sham-controlled one found no gain in thinking tasks (Naas 2019). Alpha is weaker behind the ears than over the back of the head and muscle is nearer. Relaxing, closing the eyes and growing sleepy raise alpha too, without any learning.</source>
      <translation>No conocemos ningún estudio controlado de este protocolo en TP9 y TP10. El controlado con simulado no halló mejora en tareas de pensamiento (Naas 2019). Alfa es más débil detrás de las orejas que en la parte posterior de la cabeza y el músculo está más cerca. Relajarse, cerrar los ojos y adormecerse también aumentan alfa, sin ningún aprendizaje.</translation>
    </message>
    <message>
      <source>Learn to raise the sensorimotor rhythm (12-15 Hz over the hand areas), which is strong while the body is still and the mind awake. Slow activity and muscle have to stay low at the same time.</source>
      <translation>Aprender a subir el ritmo sensoriomotor (12-15 Hz en las áreas de las manos), que es fuerte cuando el cuerpo está quieto y la mente despierta. Al mismo tiempo, la actividad lenta y el músculo deben mantenerse bajos.</translation>
    </message>
    <message>
      <source>Be still and awake. Let the body go quiet and the bar rise by itself. Lips apart, shoulders down.</source>
      <translation>Cuerpo quieto, mente despierta. Deje que el cuerpo se calme y que la barra suba por sí sola. Labios separados, hombros bajos.</translation>
    </message>
    <message>
      <source>A tense jaw or neck looks like fast EEG. Sit comfortably, lips apart; the muscle guard holds the reward while it lasts.</source>
      <translation>Una mandíbula o un cuello tensos parecen EEG rápido. Siéntese con comodidad, labios separados; la protección muscular retiene la recompensa mientras dure.</translation>
    </message>
    <message>
      <source>Stop and tell someone if you get a headache, feel restless or irritable, or sleep worse afterwards.</source>
      <translation>Pare y avise a alguien si le duele la cabeza, siente inquietud o irritabilidad, o duerme peor después.</translation>
    </message>
    <message>
      <source>widely used; not better than sham where tested for sleep</source>
      <translation>muy usado; no mejor que el simulado donde se probó para el sueño</translation>
    </message>
    <message>
      <source>12-15 Hz up with slow and fast inhibits is one of the standard protocols in attention training (Enriquez-Geppert 2019). In insomnia, 12 sessions were not better than sham feedback and the EEG did not change (Schabus 2017). Home training of 37 people with dry electrodes, 40 or 60 sessions and no control group, went with better rated sleep (Krepel 2021). In 113 people only real feedback with a reinforcer they had chosen themselves raised SMR (Pérez-Elvira 2021).</source>
      <translation>Aumentar 12–15 Hz con inhibiciones lentas y rápidas es uno de los protocolos estándar en el entrenamiento de la atención (Enriquez-Geppert 2019). En el insomnio, 12 sesiones no fueron mejores que un feedback simulado y el EEG no cambió (Schabus 2017). El entrenamiento en casa de 37 personas con electrodos secos, 40 o 60 sesiones y sin grupo de control, se acompañó de un sueño mejor valorado (Krepel 2021). En 113 personas solo el feedback real con un reforzador elegido por ellas mismas aumentó SMR (Pérez-Elvira 2021).</translation>
    </message>
    <message>
      <source>Where a sham group was there, the benefit was not specific to the training (Schabus 2017), so expectancy, attention and time may explain it. SMR lies next to alpha, which is larger and leaks into it, and its envelope needs about 0.25 s to be told apart. A high reward rate does not show that the EEG has changed.</source>
      <translation>Donde hubo grupo simulado, el beneficio no fue específico del entrenamiento (Schabus 2017), así que la expectativa, la atención y el tiempo pueden explicarlo. SMR está junto a alfa, que es mayor y se filtra en él, y su envolvente necesita unos 0,25 s para distinguirse. Una tasa de recompensa alta no muestra que el EEG haya cambiado.</translation>
    </message>
    <message>
      <source>SMR</source>
      <translation>SMR</translation>
    </message>
    <message>
      <source>Cz alone stands in for C3 and C4</source>
      <translation>Cz solo en lugar de C3 y C4</translation>
    </message>
    <message>
      <source>C4 alone, without C3</source>
      <translation>C4 solo, sin C3</translation>
    </message>
    <message>
      <source>SMR at Cz or C4, up</source>
      <translation>SMR en Cz o C4, subir</translation>
    </message>
    <message>
      <source>Learn to raise the sensorimotor rhythm (12-15 Hz) over the top or the right of the head, with eyes open. It is strong while the body is still and the mind awake. Slow activity and muscle have to stay low at the same time.</source>
      <translation>Aprender a subir el ritmo sensoriomotor (12-15 Hz) en lo alto o a la derecha de la cabeza, con los ojos abiertos. Es fuerte cuando el cuerpo está quieto y la mente despierta. Al mismo tiempo, la actividad lenta y el músculo deben mantenerse bajos.</translation>
    </message>
    <message>
      <source>a standard protocol; specific benefit not shown</source>
      <translation>un protocolo estándar; beneficio específico no mostrado</translation>
    </message>
    <message>
      <source>12-15 Hz up with slow and fast inhibits is one of the standard protocols in attention deficit and hyperactivity (Enriquez-Geppert 2019). In 113 people only real feedback with a reinforcer they had chosen themselves raised SMR (Pérez-Elvira 2021).</source>
      <translation>Aumentar 12–15 Hz con inhibiciones lentas y rápidas es uno de los protocolos estándar en el déficit de atención e hiperactividad (Enriquez-Geppert 2019). En 113 personas solo el feedback real con un reforzador elegido por ellas mismas aumentó SMR (Pérez-Elvira 2021).</translation>
    </message>
    <message>
      <source>Where training of the EEG was compared with sham, the benefit was not specific to it: theta/beta in attention deficit (ICAN 2021), SMR in insomnia, where the EEG did not change either (Schabus 2017). Expectancy, attention and time may explain what is seen. SMR lies next to alpha, which is larger and leaks into it. A high reward rate does not show that the EEG has changed.</source>
      <translation>Donde el entrenamiento del EEG se comparó con un simulado, el beneficio no fue específico de él: theta/beta en el déficit de atención (ICAN 2021), SMR en el insomnio, donde tampoco cambió el EEG (Schabus 2017). La expectativa, la atención y el tiempo pueden explicar lo que se ve. SMR está junto a alfa, que es mayor y se filtra en él. Una tasa de recompensa alta no muestra que el EEG haya cambiado.</translation>
    </message>
    <message>
      <source>C3 stands in for Cz or C4</source>
      <translation>C3 en lugar de Cz o C4</translation>
    </message>
    <message>
      <source>SMR over the hand areas alone, up</source>
      <translation>Solo SMR en las áreas de las manos, subir</translation>
    </message>
    <message>
      <source>Learn to raise the sensorimotor rhythm (12-15 Hz), a cousin of the spindles of sleep, in a still and wakeful body. What it gives for sure is a sense of what one can steer.</source>
      <translation>Aprender a subir el ritmo sensoriomotor (12-15 Hz), pariente de los husos del sueño, en un cuerpo quieto y despierto. Lo que da con seguridad es una idea de lo que uno puede dirigir.</translation>
    </message>
    <message>
      <source>If you sleep badly for weeks, talk to a clinician: what helps best is not on this shelf.</source>
      <translation>Si lleva semanas durmiendo con dificultad, hable con un clínico: lo que mejor ayuda no está en esta biblioteca.</translation>
    </message>
    <message>
      <source>Stop and tell someone if you sleep worse, get a headache, or feel restless or irritable.</source>
      <translation>Pare y avise a alguien si duerme peor, le duele la cabeza o siente inquietud o irritabilidad.</translation>
    </message>
    <message>
      <source>not better than sham; "feel of control" only</source>
      <translation>no mejor que el simulado; solo «sensación de control»</translation>
    </message>
    <message>
      <source>An early study of 10 sessions in healthy people reported quicker sleep onset and better learning (Hoedlmoser 2008). Home training of 37 people with dry electrodes, 40 or 60 sessions and no control group, went with better rated sleep, and those who learned slept an hour longer (Krepel 2021). In 113 people only real feedback with a reinforcer they had chosen themselves raised SMR (Pérez-Elvira 2021).</source>
      <translation>Un estudio temprano de 10 sesiones en personas sanas comunicó un inicio del sueño más rápido y mejor aprendizaje (Hoedlmoser 2008). El entrenamiento en casa de 37 personas con electrodos secos, 40 o 60 sesiones y sin grupo de control, se acompañó de un sueño mejor valorado, y quienes aprendieron durmieron una hora más (Krepel 2021). En 113 personas solo el feedback real con un reforzador elegido por ellas mismas aumentó SMR (Pérez-Elvira 2021).</translation>
    </message>
    <message>
      <source>In insomnia, 12 sessions were not better than sham feedback, and the EEG did not change (Schabus 2017). So what people report after training is explained as well by expectancy, by attention and by the feel of control. SMR lies next to alpha, which is larger and leaks into it, and its envelope needs about 0.25 s to be told apart.</source>
      <translation>En el insomnio, 12 sesiones no fueron mejores que un feedback simulado, y el EEG no cambió (Schabus 2017). Así que lo que las personas cuentan tras el entrenamiento se explica igual de bien por la expectativa, la atención y la sensación de control. SMR está junto a alfa, que es mayor y se filtra en él, y su envolvente necesita unos 0,25 s para distinguirse.</translation>
    </message>
    <message>
      <source>Theta down and beta up at Cz</source>
      <translation>Bajar theta y subir beta en Cz</translation>
    </message>
    <message>
      <source>Learn to keep theta (4-7 Hz) low and beta (13-21 Hz) high at the same time over the top of the head with eyes open. Each has its own threshold; `tbr-cz` puts the two into one ratio.</source>
      <translation>Aprender a mantener a la vez theta (4-7 Hz) baja y beta (13-21 Hz) alta en lo alto de la cabeza con los ojos abiertos. Cada una tiene su propio umbral; `tbr-cz` reúne las dos en un cociente.</translation>
    </message>
    <message>
      <source>Be awake and with it, and let the bar rise. Notice what you are doing when it does. Blink when you need to, jaw loose.</source>
      <translation>Mantenga la atención despierta y deje subir la barra. Observe qué está haciendo cuando ocurre. Parpadee cuando lo necesite, mandíbula suelta.</translation>
    </message>
    <message>
      <source>Blinks look like theta and a tense jaw like beta. Sit comfortably, eyes on the picture, lips apart; the guards hold the reward meanwhile.</source>
      <translation>Los parpadeos parecen theta y una mandíbula tensa parece beta. Siéntese con comodidad, ojos en la imagen, labios separados; las protecciones retienen entretanto la recompensa.</translation>
    </message>
    <message>
      <source>contested; no specific effect against sham</source>
      <translation>discutido; sin efecto específico frente al simulado</translation>
    </message>
    <message>
      <source>Training of theta against beta is widely used in attention deficit and hyperactivity, and counts among the standard protocols (Enriquez-Geppert 2019). Where people could choose between two and three sessions a week, three were preferred over a course of 40 (Arnold 2013).</source>
      <translation>El entrenamiento de theta frente a beta se usa mucho en el déficit de atención e hiperactividad y cuenta entre los protocolos estándar (Enriquez-Geppert 2019). Cuando las personas pudieron elegir entre dos y tres sesiones por semana, prefirieron tres a lo largo de un curso de 40 (Arnold 2013).</translation>
    </message>
    <message>
      <source>In the largest trial 144 people with attention deficit and a high theta/beta ratio were given the training or sham, three to two, and the blinding held: there was no specific effect at the end, nor after 13 months (ICAN 2021). In healthy people the training did not change what it was meant to change either (van Son 2020). So attention, coaching, expectancy and time explain what is seen as well as the training does. A high reward rate does not show that the EEG has changed.</source>
      <translation>En el mayor ensayo, 144 personas con déficit de atención y un cociente theta/beta alto recibieron el entrenamiento o un simulado, tres a dos, y el ciego se mantuvo: no hubo efecto específico al final ni a los 13 meses (ICAN 2021). En personas sanas el entrenamiento tampoco cambió lo que debía cambiar (van Son 2020). Así que la atención, el acompañamiento, la expectativa y el tiempo explican lo que se ve tan bien como el entrenamiento. Una tasa de recompensa alta no muestra que el EEG haya cambiado.</translation>
    </message>
    <message>
      <source>Theta against beta at Cz, down</source>
      <translation>Theta frente a beta en Cz, bajar</translation>
    </message>
    <message>
      <source>Learn to lower the ratio of theta (4-7 Hz) to beta (13-21 Hz) over the top of the head with eyes open. One number for both: it falls when theta falls, when beta rises, or both. `tbr-cz-both` asks for the two one by one.</source>
      <translation>Aprender a bajar el cociente de theta (4-7 Hz) y beta (13-21 Hz) en lo alto de la cabeza con los ojos abiertos. Un número para ambas: baja cuando theta baja, cuando beta sube, o las dos cosas. `tbr-cz-both` pide las dos por separado.</translation>
    </message>
    <message>
      <source>theta to beta</source>
      <translation>theta/beta</translation>
    </message>
    <message>
      <source>Posterior upper alpha, up</source>
      <translation>Alfa superior posterior, subir</translation>
    </message>
    <message>
      <source>Learn to raise upper alpha, the fast half of the resting rhythm, over the back of the head with eyes open. It is among the rhythms that are learned best, though not by everyone.</source>
      <translation>Aprender a subir alfa superior, la mitad rápida del ritmo de reposo, en la parte posterior de la cabeza con los ojos abiertos. Está entre los ritmos que mejor se aprenden, aunque no todo el mundo lo logra.</translation>
    </message>
    <message>
      <source>Keep the first session to about 15 minutes of training. Stop and tell someone if you get a headache, feel foggy, dizzy, restless or low.</source>
      <translation>Limite la primera sesión a unos 15 minutos de entrenamiento. Pare y avise a alguien si le duele la cabeza o siente niebla mental, mareo, inquietud o ánimo bajo.</translation>
    </message>
    <message>
      <source>controlled, healthy volunteers mostly</source>
      <translation>controlado, sobre todo voluntarios sanos</translation>
    </message>
    <message>
      <source>In a controlled study of people with major depressive disorder (40 trained, 20 without an intervention), 8 sessions over parieto-occipital sites raised upper alpha, and working memory rose with it (Escolano 2014). With a low-priced headset and single-blind sham, alpha rose faster than under sham (Naas 2019). In training of alpha at P4, what grew was the number of alpha episodes, not their size (Ossadtchi 2017), and only feedback with the shortest delay left a lasting change (Belinskaia 2020).</source>
      <translation>En un estudio controlado de personas con trastorno depresivo mayor (40 entrenadas, 20 sin intervención), 8 sesiones sobre sitios parietooccipitales aumentaron el alfa superior, y la memoria de trabajo subió con ello (Escolano 2014). Con un casco económico y simulado a simple ciego, alfa subió más rápido que con el simulado (Naas 2019). En el entrenamiento de alfa en P4 creció el número de episodios de alfa, no su tamaño (Ossadtchi 2017), y solo el feedback con el retardo más corto dejó un cambio duradero (Belinskaia 2020).</translation>
    </message>
    <message>
      <source>The study with a group in care compared with no intervention, so it cannot tell training from attention, expectancy or time. The sham-controlled one found no gain in thinking tasks (Naas 2019). Many people do not learn it. A higher alpha is not by itself better health.</source>
      <translation>El estudio con un grupo en atención comparó con ninguna intervención, así que no puede separar el entrenamiento de la atención, la expectativa o el tiempo. El controlado con simulado no halló mejora en tareas de pensamiento (Naas 2019). Muchas personas no lo aprenden. Un alfa más alto no es por sí mismo mejor salud.</translation>
    </message>
    <message>
      <source>upper alpha</source>
      <translation>alfa superior</translation>
    </message>
    <message>
      <source>CP3 and CP4 stand in for the posterior sites; upper alpha is weaker there</source>
      <translation>CP3 y CP4 en lugar de los sitios posteriores; alfa superior es más débil allí</translation>
    </message>
    <message>
      <source>TP9 and TP10 behind the ears stand in for the posterior sites; upper alpha is weaker there and jaw tension nearer</source>
      <translation>TP9 y TP10 detrás de las orejas en lugar de los sitios posteriores; alfa superior es más débil allí y la tensión de la mandíbula está más cerca</translation>
    </message>
    <message>
      <source>schema</source>
      <translation>esquema</translation>
    </message>
    <message>
      <source>id</source>
      <translation>id</translation>
    </message>
    <message>
      <source>version</source>
      <translation>versión</translation>
    </message>
    <message>
      <source>name</source>
      <translation>nombre</translation>
    </message>
    <message>
      <source>purpose</source>
      <translation>finalidad</translation>
    </message>
    <message>
      <source>cautions</source>
      <translation>precauciones</translation>
    </message>
    <message>
      <source>evidence</source>
      <translation>evidencia</translation>
    </message>
    <message>
      <source>montage</source>
      <translation>montaje</translation>
    </message>
    <message>
      <source>features</source>
      <translation>medidas</translation>
    </message>
    <message>
      <source>conditions</source>
      <translation>condiciones</translation>
    </message>
    <message>
      <source>guards</source>
      <translation>protecciones</translation>
    </message>
    <message>
      <source>recalibrate</source>
      <translation>recalibrar</translation>
    </message>
    <message>
      <source>feedback</source>
      <translation>feedback</translation>
    </message>
    <message>
      <source>stages</source>
      <translation>etapas</translation>
    </message>
    <message>
      <source>crossover</source>
      <translation>cruce</translation>
    </message>
    <message>
      <source>level</source>
      <translation>nivel</translation>
    </message>
    <message>
      <source>summary</source>
      <translation>resumen</translation>
    </message>
    <message>
      <source>limits</source>
      <translation>límites</translation>
    </message>
    <message>
      <source>references</source>
      <translation>referencias</translation>
    </message>
    <message>
      <source>text</source>
      <translation>texto</translation>
    </message>
    <message>
      <source>doi</source>
      <translation>DOI</translation>
    </message>
    <message>
      <source>sites</source>
      <translation>sitios</translation>
    </message>
    <message>
      <source>min sites</source>
      <translation>sitios mínimos</translation>
    </message>
    <message>
      <source>reference</source>
      <translation>referencia</translation>
    </message>
    <message>
      <source>fallbacks</source>
      <translation>sustitutos</translation>
    </message>
    <message>
      <source>replace</source>
      <translation>sustituye</translation>
    </message>
    <message>
      <source>adapted</source>
      <translation>adaptado</translation>
    </message>
    <message>
      <source>kind</source>
      <translation>tipo</translation>
    </message>
    <message>
      <source>band</source>
      <translation>banda</translation>
    </message>
    <message>
      <source>Hz</source>
      <translation>Hz</translation>
    </message>
    <message>
      <source>band from iaf</source>
      <translation>banda desde el pico alfa</translation>
    </message>
    <message>
      <source>relative to</source>
      <translation>respecto a</translation>
    </message>
    <message>
      <source>numerator</source>
      <translation>numerador</translation>
    </message>
    <message>
      <source>denominator</source>
      <translation>denominador</translation>
    </message>
    <message>
      <source>log</source>
      <translation>logaritmo</translation>
    </message>
    <message>
      <source>estimator</source>
      <translation>estimador</translation>
    </message>
    <message>
      <source>delay</source>
      <translation>retardo</translation>
    </message>
    <message>
      <source>s</source>
      <translation>s</translation>
    </message>
    <message>
      <source>taps</source>
      <translation>longitud del filtro</translation>
    </message>
    <message>
      <source>smoothing</source>
      <translation>suavizado</translation>
    </message>
    <message>
      <source>feature</source>
      <translation>medida</translation>
    </message>
    <message>
      <source>role</source>
      <translation>función</translation>
    </message>
    <message>
      <source>direction</source>
      <translation>dirección</translation>
    </message>
    <message>
      <source>target</source>
      <translation>objetivo</translation>
    </message>
    <message>
      <source>value</source>
      <translation>valor</translation>
    </message>
    <message>
      <source>k</source>
      <translation>k</translation>
    </message>
    <message>
      <source>window</source>
      <translation>ventana</translation>
    </message>
    <message>
      <source>gain</source>
      <translation>ganancia</translation>
    </message>
    <message>
      <source>µV</source>
      <translation>µV</translation>
    </message>
    <message>
      <source>gradient</source>
      <translation>gradiente</translation>
    </message>
    <message>
      <source>motion</source>
      <translation>movimiento</translation>
    </message>
    <message>
      <source>g</source>
      <translation>g</translation>
    </message>
    <message>
      <source>drowsiness</source>
      <translation>somnolencia</translation>
    </message>
    <message>
      <source>dwell</source>
      <translation>permanencia</translation>
    </message>
    <message>
      <source>refractory</source>
      <translation>refractario</translation>
    </message>
    <message>
      <source>must fall back</source>
      <translation>debe volver atrás</translation>
    </message>
    <message>
      <source>fall back</source>
      <translation>retroceso</translation>
    </message>
    <message>
      <source>from</source>
      <translation>desde</translation>
    </message>
    <message>
      <source>mode</source>
      <translation>imagen</translation>
    </message>
    <message>
      <source>instruction</source>
      <translation>instrucción</translation>
    </message>
    <message>
      <source>eyes</source>
      <translation>ojos</translation>
    </message>
    <message>
      <source>min clean</source>
      <translation>limpio mínimo</translation>
    </message>
    <message>
      <source>rest after baseline</source>
      <translation>descanso tras la línea base</translation>
    </message>
    <message>
      <source>runs</source>
      <translation>tramos</translation>
    </message>
    <message>
      <source>peak</source>
      <translation>pico</translation>
    </message>
    <message>
      <source>then</source>
      <translation>después</translation>
    </message>
    <message>
      <source>by</source>
      <translation>en</translation>
    </message>
    <message>
      <source>for</source>
      <translation>durante</translation>
    </message>
    <message>
      <source>sessions</source>
      <translation>sesiones</translation>
    </message>
    <message>
      <source>per week</source>
      <translation>por semana</translation>
    </message>
    <message>
      <source>stand-in</source>
      <translation>sustituto</translation>
    </message>
    <message>
      <source>On a headset without the protocol's own sites others stand in for them. Sessions on stand-ins are labelled, and are not compared with those on the own sites.</source>
      <translation>En una diadema sin las posiciones propias del protocolo, otras las sustituyen. Las sesiones con sustitutas se marcan y no se comparan con las hechas en las posiciones propias.</translation>
    </message>
    <message>
      <source>The rhythm of 8 to 13 waves a second, largest over the back of the head. It grows when the eyes close or the mind rests, and fades with effort and with sleep.</source>
      <translation>El ritmo de 8 a 13 ondas por segundo, mayor en la parte posterior de la cabeza. Crece cuando se cierran los ojos o la mente reposa, y se desvanece con el esfuerzo y con el sueño.</translation>
    </message>
    <message>
      <source>amplitude envelope</source>
      <translation>envolvente de amplitud</translation>
    </message>
    <message>
      <source>envelope</source>
      <translation>envolvente</translation>
    </message>
    <message>
      <source>How large a rhythm is at the moment, in microvolts: half the height from trough to crest of its waves.</source>
      <translation>Lo grande que es un ritmo en el momento, en microvoltios: la mitad de la altura entre el valle y la cresta de sus ondas.</translation>
    </message>
    <message>
      <source>artefact</source>
      <translation>artefacto</translation>
    </message>
    <message>
      <source>artifact</source>
      <translation>artefactos</translation>
    </message>
    <message>
      <source>Anything in the signal that does not come from the brain: blinks, muscle, movement, loose electrodes, mains. While one lasts nothing is rewarded or learned, and the clock stands still.</source>
      <translation>Todo lo que hay en la señal que no viene del cerebro: parpadeos, músculo, movimiento, electrodos sueltos, red eléctrica. Mientras dura uno, no se recompensa ni se aprende nada, y el reloj se detiene.</translation>
    </message>
    <message>
      <source>How much larger a rhythm is on the right than on the left, as a difference of logarithms: 0 is even, above 0 is more on the right.</source>
      <translation>Cuánto mayor es un ritmo a la derecha que a la izquierda, como diferencia de logaritmos: 0 es igual, por encima de 0 es más a la derecha.</translation>
    </message>
    <message>
      <source>average reference</source>
      <translation>referencia promedio</translation>
    </message>
    <message>
      <source>The mean of all channels is subtracted from each. Needs at least eight channels in good contact.</source>
      <translation>A cada canal se le resta la media de todos. Requiere al menos ocho canales con buen contacto.</translation>
    </message>
    <message>
      <source>frequency band</source>
      <translation>banda de frecuencia</translation>
    </message>
    <message>
      <source>A range of frequencies that is looked at together, such as 8 to 12 Hz.</source>
      <translation>Un intervalo de frecuencias que se mira en conjunto, como de 8 a 12 Hz.</translation>
    </message>
    <message>
      <source>The first minutes, at rest and without feedback. Thresholds come from them, and later runs are compared with them.</source>
      <translation>Los primeros minutos, en reposo y sin feedback. De ellos salen los umbrales, y los tramos posteriores se comparan con ellos.</translation>
    </message>
    <message>
      <source>baseline_percentile</source>
      <translation>baseline_percentile</translation>
    </message>
    <message>
      <source>A threshold that a chosen share of the clean baseline would have passed. It then stays where it is, so that a higher score means a changed signal.</source>
      <translation>Un umbral que habría superado una parte elegida de la línea base limpia. Después se queda donde está, de modo que una puntuación más alta significa una señal cambiada.</translation>
    </message>
    <message>
      <source>baseline_z</source>
      <translation>baseline_z</translation>
    </message>
    <message>
      <source>A threshold so many standard deviations from the mean of the clean baseline, always on the harder side if the number is above 0.</source>
      <translation>Un umbral a tantas desviaciones estándar de la media de la línea base limpia, siempre hacia el lado más difícil si el número es mayor que 0.</translation>
    </message>
    <message>
      <source>Rhythms of 13 to 30 waves a second. They are small at the scalp, and muscle is often larger.</source>
      <translation>Ritmos de 13 a 30 ondas por segundo. Son pequeños en el cuero cabelludo, y el músculo suele ser mayor.</translation>
    </message>
    <message>
      <source>A blink moves the electric field of the eyes and shows on frontal electrodes as a slow hump many times larger than EEG. It looks like theta or delta, so it is held.</source>
      <translation>Un parpadeo mueve el campo eléctrico de los ojos y aparece en los electrodos frontales como una joroba lenta muchas veces mayor que el EEG. Parece theta o delta, por eso queda en espera.</translation>
    </message>
    <message>
      <source>cfir</source>
      <translation>cfir</translation>
    </message>
    <message>
      <source>A way to estimate a band's amplitude: a complex filter that takes all frequencies as equally strong. Simple, and less accurate at the same delay than the one made for the person's spectrum.</source>
      <translation>Una forma de estimar la amplitud de una banda: un filtro complejo que toma todas las frecuencias como igual de fuertes. Simple y, con el mismo retardo, menos exacto que el hecho para el espectro de la persona.</translation>
    </message>
    <message>
      <source>channel</source>
      <translation>canal</translation>
    </message>
    <message>
      <source>One row of the recording: the voltage between an electrode and the reference.</source>
      <translation>Una fila del registro: el voltaje entre un electrodo y la referencia.</translation>
    </message>
    <message>
      <source>signal check</source>
      <translation>comprobación de la señal</translation>
    </message>
    <message>
      <source>The signal check: every site that is needed should have good contact first.</source>
      <translation>La prueba de la señal: cada posición necesaria debería tener primero buen contacto.</translation>
    </message>
    <message>
      <source>A short sound at each reward.</source>
      <translation>Un sonido corto con cada recompensa.</translation>
    </message>
    <message>
      <source>clean time</source>
      <translation>tiempo limpio</translation>
    </message>
    <message>
      <source>clean signal</source>
      <translation>señal limpia</translation>
    </message>
    <message>
      <source>Without an artefact and with good contact. Only clean time is counted, rewarded and learned from.</source>
      <translation>Sin artefactos y con buen contacto. Solo el tiempo limpio se cuenta, se recompensa y sirve para aprender.</translation>
    </message>
    <message>
      <source>coupling</source>
      <translation>acoplamiento</translation>
    </message>
    <message>
      <source>synchrony</source>
      <translation>sincronía</translation>
    </message>
    <message>
      <source>How steadily two sites go together in a band, from 0 to 1, averaged over some seconds.</source>
      <translation>Con qué constancia van juntas dos posiciones en una banda, de 0 a 1, promediado sobre unos segundos.</translation>
    </message>
    <message>
      <source>condition</source>
      <translation>condición</translation>
    </message>
    <message>
      <source>One demand on one feature: above or below its threshold. All conditions have to be met at once.</source>
      <translation>Una exigencia a una medida: por encima o por debajo de su umbral. Todas las condiciones deben cumplirse a la vez.</translation>
    </message>
    <message>
      <source>How well an electrode touches the skin. With poor contact it shows hum and drift instead of EEG: moisten, press, part the hair.</source>
      <translation>Lo bien que un electrodo toca la piel. Con un contacto débil muestra zumbido y deriva en lugar de EEG: humedezca, presione, aparte el pelo.</translation>
    </message>
    <message>
      <source>The whole series of sessions. Learning is judged over a course, not by one session.</source>
      <translation>La serie completa de sesiones. El aprendizaje se valora en un ciclo, no en una sola sesión.</translation>
    </message>
    <message>
      <source>course target</source>
      <translation>objetivo del ciclo</translation>
    </message>
    <message>
      <source>A threshold from the first session of a course that is kept, and raised a little after a session that went well. Each change is logged.</source>
      <translation>Un umbral de la primera sesión de un ciclo que se conserva y se sube un poco tras una sesión que fue bien. Cada cambio queda anotado.</translation>
    </message>
    <message>
      <source>The moment, with eyes closed, at which theta becomes larger than alpha, on the way from waking to sleep.</source>
      <translation>El momento, con los ojos cerrados, en que theta se hace mayor que alfa, en el paso de la vigilia al sueño.</translation>
    </message>
    <message>
      <source>delta</source>
      <translation>delta</translation>
    </message>
    <message>
      <source>The slowest rhythm, below 4 waves a second: large in deep sleep. Blinks and movement look like it.</source>
      <translation>El ritmo más lento, por debajo de 4 ondas por segundo: grande en el sueño profundo. Los parpadeos y el movimiento se le parecen.</translation>
    </message>
    <message>
      <source>derivation</source>
      <translation>derivación</translation>
    </message>
    <message>
      <source>Which voltage is looked at: an electrode minus its reference. Another reference makes another signal.</source>
      <translation>Qué voltaje se mira: un electrodo menos su referencia. Otra referencia da otra señal.</translation>
    </message>
    <message>
      <source>drift</source>
      <translation>deriva</translation>
    </message>
    <message>
      <source>A slow wandering of the voltage, from sweat or a drying electrode. It is filtered out.</source>
      <translation>Un desplazamiento lento del voltaje, por el sudor o un electrodo que se seca. Se elimina con el filtro.</translation>
    </message>
    <message>
      <source>Alpha fades and slow waves grow: sleep is near. With eyes closed the guard then holds the reward.</source>
      <translation>Alfa se desvanece y las ondas lentas crecen: el sueño está cerca. Con los ojos cerrados, la protección retiene entonces la recompensa.</translation>
    </message>
    <message>
      <source>dwell time</source>
      <translation>tiempo de permanencia</translation>
    </message>
    <message>
      <source>How long all conditions must be met without a break before a reward is given. It keeps out flicker.</source>
      <translation>Cuánto tiempo deben cumplirse todas las condiciones sin interrupción antes de dar una recompensa. Evita las fluctuaciones breves.</translation>
    </message>
    <message>
      <source>EEG</source>
      <translation>EEG</translation>
    </message>
    <message>
      <source>Electroencephalogram: the voltage that the working brain leaves at the scalp, some millionths of a volt.</source>
      <translation>Electroencefalograma: el voltaje que el cerebro activo deja en el cuero cabelludo, unas millonésimas de voltio.</translation>
    </message>
    <message>
      <source>electrode</source>
      <translation>electrodo</translation>
    </message>
    <message>
      <source>sensor</source>
      <translation>sensor</translation>
    </message>
    <message>
      <source>What touches the skin and picks up the voltage.</source>
      <translation>Lo que toca la piel y recoge el voltaje.</translation>
    </message>
    <message>
      <source>epoch</source>
      <translation>época</translation>
    </message>
    <message>
      <source>A piece of the recording cut out around a marker.</source>
      <translation>Un fragmento del registro recortado alrededor de un marcador.</translation>
    </message>
    <message>
      <source>The way in which a band's amplitude is found from the samples that have come so far. All of them trade delay against accuracy.</source>
      <translation>La forma de hallar la amplitud de una banda a partir de las muestras llegadas hasta el momento. Todos cambian retardo por exactitud.</translation>
    </message>
    <message>
      <source>expected rate</source>
      <translation>tasa esperada</translation>
    </message>
    <message>
      <source>joint expected rate</source>
      <translation>tasa conjunta esperada</translation>
    </message>
    <message>
      <source>expected reward</source>
      <translation>recompensa esperada</translation>
    </message>
    <message>
      <source>The share of the clean baseline in which all conditions would have been met at once. Aim for 40 to 80 %.</source>
      <translation>La parte de la línea base limpia en la que todas las condiciones se habrían cumplido a la vez. Procure entre un 40 y un 80 %.</translation>
    </message>
    <message>
      <source>fallen back</source>
      <translation>ha vuelto atrás</translation>
    </message>
    <message>
      <source>After a reward the feature has to leave its range by a little before the next one can begin, where a protocol asks for it.</source>
      <translation>Después de una recompensa, la medida debe salir un poco de su rango antes de que pueda empezar la siguiente, si el protocolo lo pide.</translation>
    </message>
    <message>
      <source>The number that is trained, computed some fifty times a second: an amplitude, a ratio, a balance.</source>
      <translation>El número que se entrena, calculado unas cincuenta veces por segundo: una amplitud, un cociente, un equilibrio.</translation>
    </message>
    <message>
      <source>neurofeedback</source>
      <translation>neurofeedback</translation>
    </message>
    <message>
      <source>What the client sees and hears of the own signal, as soon as it can be told.</source>
      <translation>Lo que el cliente ve y oye de su propia señal, en cuanto se puede decir.</translation>
    </message>
    <message>
      <source>fft</source>
      <translation>fft</translation>
    </message>
    <message>
      <source>A way to estimate a band's amplitude from the spectrum of the last second. Widely used, and half a second late.</source>
      <translation>Una forma de estimar la amplitud de una banda a partir del espectro del último segundo. Muy usada, y llega medio segundo tarde.</translation>
    </message>
    <message>
      <source>filter</source>
      <translation>filtro</translation>
    </message>
    <message>
      <source>Arithmetic that lets some frequencies pass and stops others. Every filter costs delay.</source>
      <translation>Cálculo que deja pasar unas frecuencias y detiene otras. Todo filtro cuesta retardo.</translation>
    </message>
    <message>
      <source>A threshold with a value that was typed in and does not change.</source>
      <translation>Un umbral con un valor que se escribió y no cambia.</translation>
    </message>
    <message>
      <source>The voltage does not change at all: the electrode is off, or the amplifier sleeps.</source>
      <translation>El voltaje no cambia nada: el electrodo no hace contacto o el amplificador está inactivo.</translation>
    </message>
    <message>
      <source>lost samples</source>
      <translation>muestras perdidas</translation>
    </message>
    <message>
      <source>Samples that never arrived. They are marked, not invented, and nothing is rewarded across them.</source>
      <translation>Muestras que nunca llegaron. Se marcan, no se inventan, y nada se recompensa a través de ellas.</translation>
    </message>
    <message>
      <source>The largest change from one sample to the next. EEG changes little in four thousandths of a second; what jumps is no EEG.</source>
      <translation>El mayor cambio de una muestra a la siguiente. El EEG cambia poco en cuatro milésimas de segundo; lo que salta no es EEG.</translation>
    </message>
    <message>
      <source>ground</source>
      <translation>tierra</translation>
    </message>
    <message>
      <source>The electrode that the amplifier rests its own zero on. With poor contact there every channel hums.</source>
      <translation>El electrodo en el que el amplificador apoya su propio cero. Si su contacto es débil, todos los canales zumban.</translation>
    </message>
    <message>
      <source>guard</source>
      <translation>protección</translation>
    </message>
    <message>
      <source>A watch that holds the reward while an artefact lasts. It is hygiene, not training: the client is not scored on it.</source>
      <translation>Una vigilancia que retiene la recompensa mientras dura un artefacto. Es higiene, no entrenamiento: no puntúa al cliente.</translation>
    </message>
    <message>
      <source>Fast rhythms of 20 to 32 waves a second. A tense jaw or neck looks like them.</source>
      <translation>Ritmos rápidos de 20 a 32 ondas por segundo. Una mandíbula o un cuello tensos se les parecen.</translation>
    </message>
    <message>
      <source>hold</source>
      <translation>en espera</translation>
    </message>
    <message>
      <source>A time that does not count, because an artefact lasts or has just ended: the feedback rests at neutral.</source>
      <translation>Un tiempo que no cuenta, porque dura o acaba de terminar un artefacto: el feedback reposa en neutro.</translation>
    </message>
    <message>
      <source>hop</source>
      <translation>paso</translation>
    </message>
    <message>
      <source>The small step of some 20 thousandths of a second at which everything is computed and decided.</source>
      <translation>El pequeño paso de unas 20 milésimas de segundo en el que todo se calcula y se decide.</translation>
    </message>
    <message>
      <source>iir</source>
      <translation>iir</translation>
    </message>
    <message>
      <source>A way to estimate a band's amplitude with a classic recursive filter. Its delay cannot be chosen.</source>
      <translation>Una forma de estimar la amplitud de una banda con un filtro recursivo clásico. Su retardo no se puede elegir.</translation>
    </message>
    <message>
      <source>imaginary_coherence</source>
      <translation>imaginary_coherence</translation>
    </message>
    <message>
      <source>Coherence without what reaches both sites at the same moment, such as a shared reference or one strong source between them.</source>
      <translation>Coherencia sin lo que llega a ambas posiciones en el mismo momento, como una referencia compartida o una fuente fuerte entre ellas.</translation>
    </message>
    <message>
      <source>impedance</source>
      <translation>impedancia</translation>
    </message>
    <message>
      <source>resistance</source>
      <translation>resistencia</translation>
    </message>
    <message>
      <source>The resistance between electrode and skin, in kiloohm. Few headsets can measure it.</source>
      <translation>La resistencia entre electrodo y piel, en kiloohmios. Pocas diademas pueden medirla.</translation>
    </message>
    <message>
      <source>time in range</source>
      <translation>tiempo en rango</translation>
    </message>
    <message>
      <source>All conditions are met at this moment.</source>
      <translation>Todas las condiciones se cumplen en este momento.</translation>
    </message>
    <message>
      <source>individual alpha frequency</source>
      <translation>frecuencia alfa individual</translation>
    </message>
    <message>
      <source>IAF</source>
      <translation>IAF</translation>
    </message>
    <message>
      <source>Where a person's alpha has its peak, between 7 and 13 Hz, found with eyes closed. Bands can be laid around it. Where there is no clear peak, the protocol's fixed band is used.</source>
      <translation>Dónde tiene su pico el alfa de una persona, entre 7 y 13 Hz, hallado con los ojos cerrados. Las bandas se pueden situar en torno a él. Si no hay un pico claro, se usa la banda fija del protocolo.</translation>
    </message>
    <message>
      <source>A rhythm that must stay on its side of a threshold for a reward. It is trained and shown, as against a guard.</source>
      <translation>Un ritmo que debe quedarse en su lado de un umbral para que haya recompensa. Se entrena y se muestra, a diferencia de una protección.</translation>
    </message>
    <message>
      <source>learning</source>
      <translation>aprendizaje</translation>
    </message>
    <message>
      <source>A lasting change of the signal itself. A high score is not a proof of it.</source>
      <translation>Un cambio duradero de la señal misma. Una puntuación alta no lo prueba.</translation>
    </message>
    <message>
      <source>loop delay</source>
      <translation>retardo del bucle</translation>
    </message>
    <message>
      <source>latency</source>
      <translation>latencia</translation>
    </message>
    <message>
      <source>The time from a change at the electrode to the picture or sound that tells of it. A quarter of a second more weakened learning in a study, so it is kept short and shown.</source>
      <translation>El tiempo desde un cambio en el electrodo hasta la imagen o el sonido que lo comunica. Un cuarto de segundo más debilitó el aprendizaje en un estudio, por eso se mantiene corto y se muestra.</translation>
    </message>
    <message>
      <source>mains hum</source>
      <translation>zumbido de red</translation>
    </message>
    <message>
      <source>The hum of 50 or 60 Hz from the wiring of the building. Poor contact makes it worse.</source>
      <translation>El zumbido de 50 o 60 Hz de la instalación eléctrica del edificio. Un contacto débil lo empeora.</translation>
    </message>
    <message>
      <source>marker</source>
      <translation>marcador</translation>
    </message>
    <message>
      <source>A point in time with a name, set by hand or by the program, and kept in the recording.</source>
      <translation>Un punto en el tiempo con nombre, puesto a mano o por el programa, y conservado en el registro.</translation>
    </message>
    <message>
      <source>median</source>
      <translation>mediana</translation>
    </message>
    <message>
      <source>The middle value: half of all values lie below it. A few outliers do not move it.</source>
      <translation>El valor central: la mitad de todos los valores queda por debajo. Unos pocos valores extremos no la mueven.</translation>
    </message>
    <message>
      <source>microvolt</source>
      <translation>microvoltio</translation>
    </message>
    <message>
      <source>A millionth of a volt, the unit of EEG.</source>
      <translation>Una millonésima de voltio, la unidad del EEG.</translation>
    </message>
    <message>
      <source>Which electrodes are used, and what is subtracted from what.</source>
      <translation>Qué electrodos se usan y qué se resta de qué.</translation>
    </message>
    <message>
      <source>A movement of head or cable: large slow swings on many channels.</source>
      <translation>Un movimiento de la cabeza o del cable: grandes oscilaciones lentas en muchos canales.</translation>
    </message>
    <message>
      <source>The electricity of tense muscles, mostly of jaw, forehead and neck. It reaches from 12 Hz upwards and looks like beta.</source>
      <translation>La electricidad de los músculos tensos, sobre todo de mandíbula, frente y cuello. Va de 12 Hz en adelante y parece beta.</translation>
    </message>
    <message>
      <source>neutral</source>
      <translation>neutro</translation>
    </message>
    <message>
      <source>The middle position of the feedback, which says neither yes nor no.</source>
      <translation>La posición media del feedback, que no dice ni sí ni no.</translation>
    </message>
    <message>
      <source>The device sent something that is not a number. It is held and left out.</source>
      <translation>El dispositivo envió algo que no es un número. Queda en espera y se omite.</translation>
    </message>
    <message>
      <source>notch</source>
      <translation>notch</translation>
    </message>
    <message>
      <source>A filter that takes out one frequency, that of the mains.</source>
      <translation>Un filtro que quita una sola frecuencia, la de la red eléctrica.</translation>
    </message>
    <message>
      <source>pause</source>
      <translation>pausa</translation>
    </message>
    <message>
      <source>Everything stands still until somebody resumes; the recording runs on.</source>
      <translation>Todo se detiene hasta que alguien lo reanuda; la grabación sigue.</translation>
    </message>
    <message>
      <source>percentile</source>
      <translation>percentil</translation>
    </message>
    <message>
      <source>The value below which a given share of all values lies: half of them lie below the 50th.</source>
      <translation>El valor por debajo del cual queda una parte dada de todos los valores: la mitad queda por debajo del 50.</translation>
    </message>
    <message>
      <source>phase</source>
      <translation>fase</translation>
    </message>
    <message>
      <source>Where in its wave a rhythm stands at a moment: crest, trough, or between them.</source>
      <translation>En qué punto de su onda está un ritmo en un momento: cresta, valle o entre ambos.</translation>
    </message>
    <message>
      <source>phase_locking</source>
      <translation>phase_locking</translation>
    </message>
    <message>
      <source>How steadily the waves of two sites keep their distance in time, whatever their size, from 0 to 1.</source>
      <translation>Con qué constancia las ondas de dos posiciones mantienen su distancia en el tiempo, sea cual sea su tamaño, de 0 a 1.</translation>
    </message>
    <message>
      <source>pop</source>
      <translation>salto de contacto</translation>
    </message>
    <message>
      <source>A sudden jump of a single electrode that settles slowly: its contact slipped.</source>
      <translation>Un salto repentino de un solo electrodo que se asienta despacio: su contacto resbaló.</translation>
    </message>
    <message>
      <source>power</source>
      <translation>potencia</translation>
    </message>
    <message>
      <source>band power</source>
      <translation>potencia de banda</translation>
    </message>
    <message>
      <source>The square of a rhythm's size, in µV². Doubling the amplitude makes it fourfold.</source>
      <translation>El cuadrado del tamaño de un ritmo, en µV². Doblar la amplitud la multiplica por cuatro.</translation>
    </message>
    <message>
      <source>protocol</source>
      <translation>protocolo</translation>
    </message>
    <message>
      <source>The full recipe of a training: sites, bands, conditions, guards and times, in one readable file.</source>
      <translation>La receta completa de un entrenamiento: posiciones, bandas, condiciones, protecciones y tiempos, en un archivo legible.</translation>
    </message>
    <message>
      <source>quality</source>
      <translation>calidad</translation>
    </message>
    <message>
      <source>signal quality</source>
      <translation>calidad de la señal</translation>
    </message>
    <message>
      <source>How far a channel can be trusted at the moment, with the reason if it cannot.</source>
      <translation>Hasta qué punto se puede confiar en un canal en el momento, con el motivo si no se puede.</translation>
    </message>
    <message>
      <source>rail</source>
      <translation>saturación</translation>
    </message>
    <message>
      <source>The voltage stands at the end of what the amplifier can measure: usually an electrode without contact.</source>
      <translation>El voltaje está en el extremo de lo que el amplificador puede medir: por lo general, un electrodo sin contacto.</translation>
    </message>
    <message>
      <source>ratio</source>
      <translation>cociente</translation>
    </message>
    <message>
      <source>theta/beta</source>
      <translation>theta/beta</translation>
    </message>
    <message>
      <source>One feature divided by another; as a logarithm, how far they are apart.</source>
      <translation>Una medida dividida por otra; como logaritmo, cuánto distan entre sí.</translation>
    </message>
    <message>
      <source>raw EEG</source>
      <translation>EEG bruto</translation>
    </message>
    <message>
      <source>raw</source>
      <translation>en bruto</translation>
    </message>
    <message>
      <source>The signal as the device delivered it. It is recorded like this; filters serve the display.</source>
      <translation>La señal tal como la entregó el dispositivo. Así se graba; los filtros sirven para mostrarla.</translation>
    </message>
    <message>
      <source>recalibration</source>
      <translation>recalibración</translation>
    </message>
    <message>
      <source>One correction of the thresholds in a session, if rewards are far too rare or far too frequent. It is logged.</source>
      <translation>Una corrección de los umbrales en una sesión, si las recompensas son demasiado escasas o demasiado frecuentes. Queda anotada.</translation>
    </message>
    <message>
      <source>recording</source>
      <translation>registro</translation>
    </message>
    <message>
      <source>The file of a session. What is in it is exactly what was computed on.</source>
      <translation>El archivo de una sesión. Lo que contiene es exactamente aquello con lo que se calculó.</translation>
    </message>
    <message>
      <source>linked ears</source>
      <translation>orejas unidas</translation>
    </message>
    <message>
      <source>The electrode, or the mean of some, against which all others are measured. Keep it the same over a course.</source>
      <translation>El electrodo, o la media de varios, frente al que se miden todos los demás. Manténgalo igual durante un ciclo.</translation>
    </message>
    <message>
      <source>refractory time</source>
      <translation>tiempo refractario</translation>
    </message>
    <message>
      <source>The shortest time between two rewards.</source>
      <translation>El tiempo más corto entre dos recompensas.</translation>
    </message>
    <message>
      <source>relative</source>
      <translation>relativa</translation>
    </message>
    <message>
      <source>relative power</source>
      <translation>potencia relativa</translation>
    </message>
    <message>
      <source>The share that a band has of the whole. It also moves when the other bands do.</source>
      <translation>La parte que una banda tiene del conjunto. También se mueve cuando lo hacen las demás bandas.</translation>
    </message>
    <message>
      <source>replay</source>
      <translation>reproducción</translation>
    </message>
    <message>
      <source>Running a recording again through the same decisions. Of our own recordings it gives the same to the last bit.</source>
      <translation>Pasar de nuevo un registro por las mismas decisiones. Con nuestros propios registros da lo mismo hasta el último bit.</translation>
    </message>
    <message>
      <source>A pause between two runs. Its clock runs on whatever the signal does.</source>
      <translation>Una pausa entre dos tramos. Su reloj corre haga lo que haga la señal.</translation>
    </message>
    <message>
      <source>token</source>
      <translation>ficha</translation>
    </message>
    <message>
      <source>What is given when all conditions have been met for the dwell time: a sound, a token.</source>
      <translation>Lo que se da cuando todas las condiciones se han cumplido durante el tiempo de permanencia: un sonido, una ficha.</translation>
    </message>
    <message>
      <source>rhythm</source>
      <translation>ritmo</translation>
    </message>
    <message>
      <source>A wave that repeats itself for a while. Also a way to estimate only that part of a band which is a rhythm, without the noise under it.</source>
      <translation>Una onda que se repite durante un rato. También una forma de estimar solo la parte de una banda que es un ritmo, sin el ruido que hay debajo.</translation>
    </message>
    <message>
      <source>rolling percentile</source>
      <translation>percentil móvil</translation>
    </message>
    <message>
      <source>rolling_percentile</source>
      <translation>rolling_percentile</translation>
    </message>
    <message>
      <source>automatic threshold</source>
      <translation>umbral automático</translation>
    </message>
    <message>
      <source>auto</source>
      <translation>auto</translation>
    </message>
    <message>
      <source>A threshold that follows the last minute or two of clean signal. It keeps the score steady and so hides learning: it is labelled.</source>
      <translation>Un umbral que sigue el último minuto o dos de señal limpia. Mantiene estable la puntuación y así oculta el aprendizaje: se marca.</translation>
    </message>
    <message>
      <source>A stretch of training with feedback, usually two to five minutes of clean time.</source>
      <translation>Un periodo de entrenamiento con feedback, por lo general de dos a cinco minutos de tiempo limpio.</translation>
    </message>
    <message>
      <source>sample</source>
      <translation>muestra</translation>
    </message>
    <message>
      <source>sampling rate</source>
      <translation>frecuencia de muestreo</translation>
    </message>
    <message>
      <source>One number that the device measured; some hundreds come each second on every channel.</source>
      <translation>Un número que midió el dispositivo; cada segundo llegan unos cientos en cada canal.</translation>
    </message>
    <message>
      <source>score</source>
      <translation>puntuación</translation>
    </message>
    <message>
      <source>How often the conditions were met. Compare it only between sessions whose thresholds were made alike.</source>
      <translation>Con qué frecuencia se cumplieron las condiciones. Compárela solo entre sesiones cuyos umbrales se hicieron igual.</translation>
    </message>
    <message>
      <source>One visit: check, baseline, runs with rests between them, and the summary.</source>
      <translation>Una visita: prueba, línea base, tramos con descansos entre ellos y el resumen.</translation>
    </message>
    <message>
      <source>settling</source>
      <translation>asentamiento</translation>
    </message>
    <message>
      <source>The first seconds, in which the filters fill and nothing can be told yet.</source>
      <translation>Los primeros segundos, en los que los filtros se llenan y aún no se puede decir nada.</translation>
    </message>
    <message>
      <source>sham</source>
      <translation>simulado (sham)</translation>
    </message>
    <message>
      <source>Feedback that does not come from the person's trained signal, given without their knowing in studies, to see what expectancy alone does.</source>
      <translation>Feedback que no procede de la señal entrenada de la persona, dado sin que lo sepa en estudios, para ver qué hace la expectativa por sí sola.</translation>
    </message>
    <message>
      <source>sidecar</source>
      <translation>anexo</translation>
    </message>
    <message>
      <source>A small text file beside a recording that says how it was made.</source>
      <translation>Un pequeño archivo de texto junto a un registro que dice cómo se hizo.</translation>
    </message>
    <message>
      <source>site</source>
      <translation>posición</translation>
    </message>
    <message>
      <source>A named place on the head in the 10-10 system: letters for the region, odd numbers left, even right, z the middle.</source>
      <translation>Un lugar con nombre en la cabeza según el sistema 10-10: letras para la región, números impares a la izquierda, pares a la derecha, z en el centro.</translation>
    </message>
    <message>
      <source>Averaging over time, which steadies a number and makes it late by as much.</source>
      <translation>Promediar en el tiempo, lo que estabiliza un número y lo retrasa en la misma medida.</translation>
    </message>
    <message>
      <source>sensorimotor rhythm</source>
      <translation>ritmo sensoriomotor</translation>
    </message>
    <message>
      <source>Sensorimotor rhythm: 12 to 15 waves a second over the top of the head, strong while the body is still.</source>
      <translation>Ritmo sensoriomotor: de 12 a 15 ondas por segundo en lo alto de la cabeza, fuerte cuando el cuerpo está quieto.</translation>
    </message>
    <message>
      <source>spectrogram</source>
      <translation>espectrograma</translation>
    </message>
    <message>
      <source>The spectrum over time, strength shown as colour.</source>
      <translation>El espectro a lo largo del tiempo, con la fuerza mostrada como color.</translation>
    </message>
    <message>
      <source>spectrum</source>
      <translation>espectro</translation>
    </message>
    <message>
      <source>How strong each frequency is in a stretch of signal.</source>
      <translation>La fuerza de cada frecuencia en un trozo de señal.</translation>
    </message>
    <message>
      <source>stage</source>
      <translation>etapa</translation>
    </message>
    <message>
      <source>A part of a session: check, baseline, run, rest or transfer.</source>
      <translation>Una parte de una sesión: prueba, línea base, tramo, descanso o transferencia.</translation>
    </message>
    <message>
      <source>staircase</source>
      <translation>escalera</translation>
    </message>
    <message>
      <source>A threshold that goes up a little after success and down a little after none. It keeps the score steady and so hides learning: it is labelled.</source>
      <translation>Un umbral que sube un poco tras un acierto y baja un poco si no lo hay. Mantiene estable la puntuación y así oculta el aprendizaje: se marca.</translation>
    </message>
    <message>
      <source>The share of time in range that a threshold is made for, 65 % by default.</source>
      <translation>La parte de tiempo en rango para la que se hace un umbral, 65 % por defecto.</translation>
    </message>
    <message>
      <source>The rhythm of 4 to 8 waves a second: near sleep, and over the middle of the front while one holds something in mind.</source>
      <translation>El ritmo de 4 a 8 ondas por segundo: cerca del sueño, y en el centro de la parte frontal mientras se mantiene algo en mente.</translation>
    </message>
    <message>
      <source>The value that a feature has to pass. By default it is taken from the clean baseline and then stays.</source>
      <translation>El valor que una medida debe superar. Por defecto se toma de la línea base limpia y después se queda fijo.</translation>
    </message>
    <message>
      <source>transfer run</source>
      <translation>tramo de transferencia</translation>
    </message>
    <message>
      <source>A run without feedback: can it be done without help?</source>
      <translation>Un tramo sin feedback: ¿se puede lograr sin ayuda?</translation>
    </message>
    <message>
      <source>The faster part of alpha: from a person's alpha peak to 2 Hz above it.</source>
      <translation>La parte más rápida de alfa: desde el pico alfa de una persona hasta 2 Hz por encima.</translation>
    </message>
    <message>
      <source>Time that counts: clean, in contact, and not paused. The clocks of baseline and runs count it.</source>
      <translation>Tiempo que cuenta: limpio, con contacto y sin pausa. Lo cuentan los relojes de la línea base y los tramos.</translation>
    </message>
    <message>
      <source>wiener</source>
      <translation>wiener</translation>
    </message>
    <message>
      <source>The usual way here to estimate a band's amplitude: a complex filter that leaves the least error for a person's own spectrum at the chosen delay.</source>
      <translation>La forma habitual aquí de estimar la amplitud de una banda: un filtro complejo que deja el menor error para el espectro propio de la persona con el retardo elegido.</translation>
    </message>
    <message>
      <source>{names} is above its threshold</source>
      <translation>{names} está por encima de su umbral</translation>
    </message>
    <message>
      <source>{names} are above their thresholds</source>
      <translation>{names} están por encima de sus umbrales</translation>
    </message>
    <message>
      <source>{names} is below its threshold</source>
      <translation>{names} está por debajo de su umbral</translation>
    </message>
    <message>
      <source>{names} are below their thresholds</source>
      <translation>{names} están por debajo de sus umbrales</translation>
    </message>
    <message>
      <source>{names} stays above its threshold</source>
      <translation>{names} se mantiene por encima de su umbral</translation>
    </message>
    <message>
      <source>{names} stay above their thresholds</source>
      <translation>{names} se mantienen por encima de sus umbrales</translation>
    </message>
    <message>
      <source>{names} stay above theirs</source>
      <translation>{names} se mantienen por encima de los suyos</translation>
    </message>
    <message>
      <source>{names} stays below its threshold</source>
      <translation>{names} se mantiene por debajo de su umbral</translation>
    </message>
    <message>
      <source>{names} stay below their thresholds</source>
      <translation>{names} se mantienen por debajo de sus umbrales</translation>
    </message>
    <message>
      <source>{names} stay below theirs</source>
      <translation>{names} se mantienen por debajo de los suyos</translation>
    </message>
    <message>
      <source>{names} is above {value}</source>
      <translation>{names} está por encima de {value}</translation>
    </message>
    <message>
      <source>{names} are above {value}</source>
      <translation>{names} están por encima de {value}</translation>
    </message>
    <message>
      <source>{names} is below {value}</source>
      <translation>{names} está por debajo de {value}</translation>
    </message>
    <message>
      <source>{names} are below {value}</source>
      <translation>{names} están por debajo de {value}</translation>
    </message>
    <message>
      <source>{names} stays above {value}</source>
      <translation>{names} se mantiene por encima de {value}</translation>
    </message>
    <message>
      <source>{names} stay above {value}</source>
      <translation>{names} se mantienen por encima de {value}</translation>
    </message>
    <message>
      <source>{names} stays below {value}</source>
      <translation>{names} se mantiene por debajo de {value}</translation>
    </message>
    <message>
      <source>{names} stay below {value}</source>
      <translation>{names} se mantienen por debajo de {value}</translation>
    </message>
    <message>
      <source>the coherence of {band}</source>
      <translation>la coherencia de {band}</translation>
    </message>
    <message>
      <source>the imaginary coherence of {band}</source>
      <translation>la coherencia imaginaria de {band}</translation>
    </message>
    <message>
      <source>the phase locking of {band}</source>
      <translation>el acoplamiento de fase de {band}</translation>
    </message>
    <message>
      <source>gamma</source>
      <translation>gamma</translation>
    </message>
    <message>
      <source>slow activity</source>
      <translation>actividad lenta</translation>
    </message>
    <message>
      <source>activity</source>
      <translation>actividad</translation>
    </message>
  </context>
</TS>
