<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
  <context>
    <name>nfb</name>
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
      <source>Note</source>
      <translation>Nota</translation>
    </message>
    <message>
      <source>Consent</source>
      <translation>Consentimiento</translation>
    </message>
    <message>
      <source>not asked</source>
      <translation>no preguntado</translation>
    </message>
    <message>
      <source>no</source>
      <translation>no</translation>
    </message>
    <message>
      <source>yes</source>
      <translation>sí</translation>
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
      <source>Clinician</source>
      <translation>Clínico</translation>
    </message>
    <message>
      <source>Reason</source>
      <translation>Motivo</translation>
    </message>
    <message>
      <source>An answer of “not sure” counts as a yes. Some conditions stop training, or leave it to a clinician; what was confirmed is kept with name and reason.</source>
      <translation>La respuesta «no lo sé» cuenta como un sí. Algunas condiciones impiden el entrenamiento o lo dejan en manos de un clínico; lo que se confirmó se guarda con nombre y motivo.</translation>
    </message>
    <message>
      <source>Intake screen</source>
      <translation>Cribado inicial</translation>
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
      <source>Appointment</source>
      <translation>Cita</translation>
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
      <source>Plan</source>
      <translation>Plan</translation>
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
      <source>Goal</source>
      <translation>Meta</translation>
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
      <source>Treatment</source>
      <translation>Tratamiento</translation>
    </message>
    <message>
      <source>not known</source>
      <translation>no se sabe</translation>
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
      <source>Adverse effect</source>
      <translation>Efecto adverso</translation>
    </message>
    <message>
      <source>Severity</source>
      <translation>Intensidad</translation>
    </message>
    <message>
      <source>When</source>
      <translation>Cuándo</translation>
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
      <source>What was done</source>
      <translation>Qué se hizo</translation>
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
      <source>Written: {path}</source>
      <translation>Escrito: {path}</translation>
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
      <source>Open</source>
      <translation>Abrir</translation>
    </message>
    <message>
      <source>New note</source>
      <translation>Nueva nota</translation>
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
      <source>Scale</source>
      <translation>Escala</translation>
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
      <source>Safety contact</source>
      <translation>Contacto de seguridad</translation>
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
      <source>nothing</source>
      <translation>nada</translation>
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
      <source>One note waits for a signature.</source>
      <translation>Una nota espera firma.</translation>
    </message>
    <message>
      <source>{n} notes wait for a signature.</source>
      <translation>{n} notas esperan firma.</translation>
    </message>
    <message>
      <source>No clients yet. Try it with the synthetic headset, or add your first client. Nothing leaves this computer.</source>
      <translation>Aún no hay clientes. Pruebe con la diadema simulada o añada su primer cliente. Nada sale de este ordenador.</translation>
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
      <source>Client</source>
      <translation>Cliente</translation>
    </message>
    <message>
      <source>Last visit</source>
      <translation>Última visita</translation>
    </message>
    <message>
      <source>Done</source>
      <translation>Hecho</translation>
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
      <source>✎ note unsigned</source>
      <translation>✎ nota sin firmar</translation>
    </message>
    <message>
      <source>This window was opened without a client book.</source>
      <translation>Esta ventana se abrió sin libro de clientes.</translation>
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
      <source>Protocol</source>
      <translation>Protocolo</translation>
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
      <source>Use a starter plan</source>
      <translation>Usar un plan inicial</translation>
    </message>
    <message>
      <source>every visit</source>
      <translation>cada visita</translation>
    </message>
    <message>
      <source>Session</source>
      <translation>Sesión</translation>
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
      <source>Keys  F1</source>
      <translation>Teclas  F1</translation>
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
      <source>Device</source>
      <translation>Dispositivo</translation>
    </message>
    <message>
      <source>Nothing recorded yet. Start a session at the top of this page.</source>
      <translation>Aún no hay registros. Inicie una sesión en la parte superior de esta página.</translation>
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
      <source>What</source>
      <translation>Qué</translation>
    </message>
    <message>
      <source>Nothing logged.</source>
      <translation>Nada anotado.</translation>
    </message>
    <message>
      <source>Add treatment</source>
      <translation>Añadir tratamiento</translation>
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
      <source> · too few</source>
      <translation> · muy pocos</translation>
    </message>
    <message>
      <source>{value} (weeks before: {baseline:.1f})</source>
      <translation>{value} (semanas previas: {baseline:.1f})</translation>
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
      <source>{name}, version {n}</source>
      <translation>{name}, versión {n}</translation>
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
      <source>s</source>
      <translation>s</translation>
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
      <source>or from the alpha peak, Hz</source>
      <translation>o desde el pico alfa, Hz</translation>
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
      <source>no headset chosen</source>
      <translation>ninguna diadema elegida</translation>
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
      <source>by so many % of the threshold</source>
      <translation>en tal % del umbral</translation>
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
      <source>clean at least, s</source>
      <translation>limpio al menos, s</translation>
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
      <source>or the mean of these sites</source>
      <translation>o la media de estas posiciones</translation>
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
      <source>Resume  F5</source>
      <translation>Reanudar  F5</translation>
    </message>
    <message>
      <source>Stay paused</source>
      <translation>Seguir en pausa</translation>
    </message>
    <message>
      <source>Skip  F4</source>
      <translation>Saltar  F4</translation>
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
      <source>Baseline  F5</source>
      <translation>Línea base  F5</translation>
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
      <source>and {n} more</source>
      <translation>y {n} más</translation>
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
      <source>Back  F9</source>
      <translation>Volver  F9</translation>
    </message>
    <message>
      <source>Continue anyway (logged)  F5</source>
      <translation>Seguir de todos modos (se anota)  F5</translation>
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
      <source>Connect</source>
      <translation>Conectar</translation>
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
      <source>Drop a file or record a session.</source>
      <translation>Suelte un archivo o grabe una sesión.</translation>
    </message>
    <message>
      <source>Record a session</source>
      <translation>Grabar una sesión</translation>
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
      <source>Start the next run  F5</source>
      <translation>Iniciar el siguiente tramo  F5</translation>
    </message>
    <message>
      <source>Re-check signal  F9</source>
      <translation>Comprobar señal  F9</translation>
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
      <source>The client goes on with Space, Enter or the remote, not before the time is over.</source>
      <translation>El cliente sigue con Espacio, Enter o el mando, no antes de que acabe el tiempo.</translation>
    </message>
    <message>
      <source>The next run begins by itself.</source>
      <translation>El próximo tramo empieza solo.</translation>
    </message>
    <message>
      <source>Start run {n}  F5</source>
      <translation>Iniciar tramo {n}  F5</translation>
    </message>
    <message>
      <source>Go on  F5</source>
      <translation>Seguir  F5</translation>
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
      <source>Time in range per run</source>
      <translation>Tiempo en rango por tramo</translation>
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
      <source>Stage</source>
      <translation>Etapa</translation>
    </message>
    <message>
      <source>valid time</source>
      <translation>tiempo válido</translation>
    </message>
    <message>
      <source>held</source>
      <translation>en espera</translation>
    </message>
    <message>
      <source>in range</source>
      <translation>en rango</translation>
    </message>
    <message>
      <source>rewards</source>
      <translation>recompensas</translation>
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
      <source>Undo the last live change (Ctrl+Z)</source>
      <translation>Deshacer el último cambio en vivo (Ctrl+Z)</translation>
    </message>
    <message>
      <source>Blank</source>
      <translation>Ocultar</translation>
    </message>
    <message>
      <source>Blank the client view (Ctrl+B)</source>
      <translation>Ocultar la vista del cliente (Ctrl+B)</translation>
    </message>
    <message>
      <source>Mute</source>
      <translation>Silenciar</translation>
    </message>
    <message>
      <source>Mute the client (Ctrl+M)</source>
      <translation>Silenciar al cliente (Ctrl+M)</translation>
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
      <source>Note (N), Enter keeps it</source>
      <translation>Nota (N), Enter la guarda</translation>
    </message>
    <message>
      <source>Mark  M</source>
      <translation>Marcar  M</translation>
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
      <source>The client has no screen of their own. F11 shows the client's view on it, and comes back.</source>
      <translation>El cliente no tiene pantalla propia. F11 muestra la vista del cliente en esta, y vuelve.</translation>
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
      <source>Pause  F5</source>
      <translation>Pausa  F5</translation>
    </message>
    <message>
      <source>Begin, pause, go on (F5 or Space)</source>
      <translation>Empezar, pausar, seguir (F5 o Espacio)</translation>
    </message>
    <message>
      <source>Next  F4</source>
      <translation>Siguiente  F4</translation>
    </message>
    <message>
      <source>Next stage (F4)</source>
      <translation>Siguiente etapa (F4)</translation>
    </message>
    <message>
      <source>Open the client's window (F11: fill)</source>
      <translation>Abrir la ventana del cliente (F11: pantalla completa)</translation>
    </message>
    <message>
      <source>End</source>
      <translation>Fin</translation>
    </message>
    <message>
      <source>End the session and keep the data (Ctrl+Shift+E)</source>
      <translation>Terminar la sesión y conservar los datos (Ctrl+Shift+E)</translation>
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
      <source>Begin  F5</source>
      <translation>Empezar  F5</translation>
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
      <source>Keys</source>
      <translation>Teclas</translation>
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
      <source>changed</source>
      <translation>cambiada</translation>
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
      <source>The client's view fills the operator's screen instead of a window of its own. F11 goes to and fro; the client hears sound all the while.</source>
      <translation>La vista del cliente ocupa la pantalla del operador en lugar de una ventana propia. F11 alterna entre ambas; el cliente oye el sonido todo el tiempo.</translation>
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
      <source>The raw EEG runs from left to right. Hatched time is held: the words above say why, and it never counts.</source>
      <translation>El EEG bruto corre de izquierda a derecha. El tiempo rayado está en espera: las palabras de arriba dicen por qué, y nunca cuenta.</translation>
    </message>
    <message>
      <source>Drag the marker on a bar to move its threshold; ↑ ↓ choose the bar, ← → move it by 2 %, Ctrl+Z undoes.</source>
      <translation>Arrastre la marca de una barra para mover su umbral; ↑ ↓ eligen la barra, ← → lo mueven un 2 %, Ctrl+Z deshace.</translation>
    </message>
    <message>
      <source>Hold keeps the thresholds of the clean baseline. Auto follows the signal, and hides learning.</source>
      <translation>Fijos mantiene los umbrales de la línea base limpia. Auto sigue la señal y oculta el aprendizaje.</translation>
    </message>
    <message>
      <source>M marks a moment, 1 to 9 say what it was, N writes a note. All of it goes into the recording.</source>
      <translation>M marca un momento, de 1 a 9 dicen qué fue, N escribe una nota. Todo ello queda en el registro.</translation>
    </message>
    <message>
      <source>F11 shows the client's view on the whole screen; the small picture below the traces is its mirror.</source>
      <translation>F11 muestra la vista del cliente en toda la pantalla; la imagen pequeña bajo los trazos es su espejo.</translation>
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
      <source>Caffeine</source>
      <translation>Cafeína</translation>
    </message>
    <message>
      <source>Alcohol</source>
      <translation>Alcohol</translation>
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
      <source>break</source>
      <translation>descanso</translation>
    </message>
    <message>
      <source>Comfort</source>
      <translation>Confort</translation>
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
      <source>Amplitude and threshold: not read yet</source>
      <translation>Amplitud y umbral: aún sin leer</translation>
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
      <source>Next</source>
      <translation>Siguiente</translation>
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
      <source>Reading the recording …</source>
      <translation>Leyendo el registro …</translation>
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
      <source>{n} gap</source>
      <translation>{n} hueco</translation>
    </message>
    <message>
      <source>{n} gaps</source>
      <translation>{n} huecos</translation>
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
      <source>paused</source>
      <translation>en pausa</translation>
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
      <source>Alpha peak outside what the protocol's bands allow; the fixed bands are used</source>
      <translation>Pico alfa fuera de lo que permiten las bandas del protocolo; se usan las bandas fijas</translation>
    </message>
    <message>
      <source>Alpha peak {hz} Hz</source>
      <translation>Pico alfa {hz} Hz</translation>
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
      <source>Thresholds stay where they are (A)</source>
      <translation>Los umbrales se quedan donde están (A)</translation>
    </message>
    <message>
      <source>Auto</source>
      <translation>Auto</translation>
    </message>
    <message>
      <source>Thresholds are estimated anew at each run, once more if it goes astray (A)</source>
      <translation>Los umbrales se estiman de nuevo en cada tramo, y una vez más si se desvía (A)</translation>
    </message>
    <message>
      <source>Aim 5 % lower ([)</source>
      <translation>Objetivo 5 % más bajo ([)</translation>
    </message>
    <message>
      <source>Aim 5 % higher (])</source>
      <translation>Objetivo 5 % más alto (])</translation>
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
      <source>Pause</source>
      <translation>Pausa</translation>
    </message>
    <message>
      <source>Operator  F11</source>
      <translation>Operador  F11</translation>
    </message>
    <message>
      <source>Go on</source>
      <translation>Seguir</translation>
    </message>
    <message>
      <source>Use this baseline's thresholds</source>
      <translation>Usar los umbrales de esta línea base</translation>
    </message>
    <message>
      <source>Train  F5</source>
      <translation>Entrenar  F5</translation>
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
      <source>No headset</source>
      <translation>Sin diadema</translation>
    </message>
    <message>
      <source>battery {n} %</source>
      <translation>batería {n} %</translation>
    </message>
    <message>
      <source>in range, last 30 s</source>
      <translation>en rango, últimos 30 s</translation>
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
      <source>loop –</source>
      <translation>bucle –</translation>
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
      <source>Baseline</source>
      <translation>Línea base</translation>
    </message>
    <message>
      <source>Summary</source>
      <translation>Resumen</translation>
    </message>
    <message>
      <source>Train</source>
      <translation>Entrenar</translation>
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
      <source>Larger traces (+)</source>
      <translation>Trazos más grandes (+)</translation>
    </message>
    <message>
      <source>Smaller traces (−)</source>
      <translation>Trazos más pequeños (−)</translation>
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
      <source>In range; {feature}{unit} and threshold (dashed)</source>
      <translation>En rango; {feature}{unit} y umbral (discontinuo)</translation>
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
      <source>run</source>
      <translation>tramo</translation>
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
      <source>none needed</source>
      <translation>no hace falta</translation>
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
      <source>Caffeine, cups</source>
      <translation>Cafeína, tazas</translation>
    </message>
    <message>
      <source>Alcohol, drinks</source>
      <translation>Alcohol, copas</translation>
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
      <source>{n} own symptoms: {fewest} to {most} show changes best.</source>
      <translation>{n} síntomas propios: de {fewest} a {most} muestran mejor los cambios.</translation>
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
      <source>another program has held the client book for more than {n} s. Close it there (a backup or a database tool, perhaps) and try again.</source>
      <translation>otro programa retiene el libro de clientes desde hace más de {n} s. Ciérrelo allí (quizá un respaldo o una herramienta de bases de datos) e inténtelo de nuevo.</translation>
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
      <source>alpha</source>
      <translation>alfa</translation>
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
      <source>theta</source>
      <translation>theta</translation>
    </message>
    <message>
      <source>theta over alpha</source>
      <translation>theta sobre alfa</translation>
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
      <source>balance</source>
      <translation>equilibrio</translation>
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
      <source>SMR</source>
      <translation>SMR</translation>
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
      <source>upper alpha</source>
      <translation>alfa superior</translation>
    </message>
    <message>
      <source>adapted</source>
      <translation>adaptado</translation>
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
      <source>How large a rhythm is at the moment, in microvolts: half the height from trough to crest of its waves.</source>
      <translation>Lo grande que es un ritmo en el momento, en microvoltios: la mitad de la altura entre el valle y la cresta de sus ondas.</translation>
    </message>
    <message>
      <source>artefact</source>
      <translation>artefacto</translation>
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
      <source>band</source>
      <translation>banda</translation>
    </message>
    <message>
      <source>A range of frequencies that is looked at together, such as 8 to 12 Hz.</source>
      <translation>Un intervalo de frecuencias que se mira en conjunto, como de 8 a 12 Hz.</translation>
    </message>
    <message>
      <source>baseline</source>
      <translation>línea base</translation>
    </message>
    <message>
      <source>The first minutes, at rest and without feedback. Thresholds come from them, and later runs are compared with them.</source>
      <translation>Los primeros minutos, en reposo y sin feedback. De ellos salen los umbrales, y los tramos posteriores se comparan con ellos.</translation>
    </message>
    <message>
      <source>A threshold that a chosen share of the clean baseline would have passed. It then stays where it is, so that a higher score means a changed signal.</source>
      <translation>Un umbral que habría superado una parte elegida de la línea base limpia. Después se queda donde está, de modo que una puntuación más alta significa una señal cambiada.</translation>
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
      <source>The signal check: every site that is needed should have good contact first.</source>
      <translation>La prueba de la señal: cada posición necesaria debería tener primero buen contacto.</translation>
    </message>
    <message>
      <source>A short sound at each reward.</source>
      <translation>Un sonido corto con cada recompensa.</translation>
    </message>
    <message>
      <source>clean</source>
      <translation>limpio</translation>
    </message>
    <message>
      <source>Without an artefact and with good contact. Only clean time is counted, rewarded and learned from.</source>
      <translation>Sin artefactos y con buen contacto. Solo el tiempo limpio se cuenta, se recompensa y sirve para aprender.</translation>
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
      <source>course</source>
      <translation>ciclo</translation>
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
      <source>crossover</source>
      <translation>cruce</translation>
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
      <source>dwell</source>
      <translation>permanencia</translation>
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
      <source>estimator</source>
      <translation>estimador</translation>
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
      <source>The share of the clean baseline in which all conditions would have been met at once. Aim for 40 to 80 %.</source>
      <translation>La parte de la línea base limpia en la que todas las condiciones se habrían cumplido a la vez. Procure entre un 40 y un 80 %.</translation>
    </message>
    <message>
      <source>fall back</source>
      <translation>retroceso</translation>
    </message>
    <message>
      <source>After a reward the feature has to leave its range by a little before the next one can begin, where a protocol asks for it.</source>
      <translation>Después de una recompensa, la medida debe salir un poco de su rango antes de que pueda empezar la siguiente, si el protocolo lo pide.</translation>
    </message>
    <message>
      <source>feature</source>
      <translation>medida</translation>
    </message>
    <message>
      <source>The number that is trained, computed some fifty times a second: an amplitude, a ratio, a balance.</source>
      <translation>El número que se entrena, calculado unas cincuenta veces por segundo: una amplitud, un cociente, un equilibrio.</translation>
    </message>
    <message>
      <source>feedback</source>
      <translation>feedback</translation>
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
      <source>fixed</source>
      <translation>fijo</translation>
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
      <source>Samples that never arrived. They are marked, not invented, and nothing is rewarded across them.</source>
      <translation>Muestras que nunca llegaron. Se marcan, no se inventan, y nada se recompensa a través de ellas.</translation>
    </message>
    <message>
      <source>gradient</source>
      <translation>gradiente</translation>
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
      <source>Coherence without what reaches both sites at the same moment, such as a shared reference or one strong source between them.</source>
      <translation>Coherencia sin lo que llega a ambas posiciones en el mismo momento, como una referencia compartida o una fuente fuerte entre ellas.</translation>
    </message>
    <message>
      <source>impedance</source>
      <translation>impedancia</translation>
    </message>
    <message>
      <source>The resistance between electrode and skin, in kiloohm. Few headsets can measure it.</source>
      <translation>La resistencia entre electrodo y piel, en kiloohmios. Pocas diademas pueden medirla.</translation>
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
      <source>The time from a change at the electrode to the picture or sound that tells of it. A quarter of a second more weakened learning in a study, so it is kept short and shown.</source>
      <translation>El tiempo desde un cambio en el electrodo hasta la imagen o el sonido que lo comunica. Un cuarto de segundo más debilitó el aprendizaje en un estudio, por eso se mantiene corto y se muestra.</translation>
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
      <source>montage</source>
      <translation>montaje</translation>
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
      <source>One feature divided by another; as a logarithm, how far they are apart.</source>
      <translation>Una medida dividida por otra; como logaritmo, cuánto distan entre sí.</translation>
    </message>
    <message>
      <source>raw EEG</source>
      <translation>EEG bruto</translation>
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
      <source>reference</source>
      <translation>referencia</translation>
    </message>
    <message>
      <source>The electrode, or the mean of some, against which all others are measured. Keep it the same over a course.</source>
      <translation>El electrodo, o la media de varios, frente al que se miden todos los demás. Manténgalo igual durante un ciclo.</translation>
    </message>
    <message>
      <source>refractory</source>
      <translation>refractario</translation>
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
      <source>session</source>
      <translation>sesión</translation>
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
      <source>smoothing</source>
      <translation>suavizado</translation>
    </message>
    <message>
      <source>Averaging over time, which steadies a number and makes it late by as much.</source>
      <translation>Promediar en el tiempo, lo que estabiliza un número y lo retrasa en la misma medida.</translation>
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
      <source>target</source>
      <translation>objetivo</translation>
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
      <source>threshold</source>
      <translation>umbral</translation>
    </message>
    <message>
      <source>The value that a feature has to pass. By default it is taken from the clean baseline and then stays.</source>
      <translation>El valor que una medida debe superar. Por defecto se toma de la línea base limpia y después se queda fijo.</translation>
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
  </context>
</TS>
