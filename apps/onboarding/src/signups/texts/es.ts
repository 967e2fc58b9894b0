import type { SignupTexts } from './texts-shape.js';

export const es: SignupTexts = {
  states: {
    'waiting-for-merchant': 'Esperamos por ti',
    working: 'Estamos preparando todo',
    'waiting-for-meta': 'Esperamos a Meta',
    failed: 'Algo necesita tu atención',
    live: 'Tu número está activo',
    cancelled: 'Saliste de la ventana de Meta',
    disconnected: 'Meta retiró el permiso',
  },
  steps: {
    'create-account': 'Creamos tu cuenta de WhatsApp Business',
    'add-number': 'Añadimos tu número',
    'verify-number': 'Compruebas tu número con un código',
    'share-credit': 'Acordamos quién paga a Meta',
    'sync-app': 'Pedimos a la app los contactos y el historial',
    'import-profile': 'Leemos tu perfil de empresa',
    'hear-from-meta': 'Los avisos de Meta nos llegan',
    dialog: 'Das acceso en la ventana de Meta',
    'exchange-code': 'Meta nos da el permiso',
    'prove-access': 'Comprobamos el acceso a tu cuenta',
    'save-account': 'Guardamos tu cuenta y tu número',
    'subscribe-app': 'Activamos la recepción de mensajes',
    'register-number': 'Registramos tu número',
    'import-numbers': 'Leemos la calidad y los límites',
  },
  causes: {
    partner_removed: [
      'Tú o alguien de tu equipo quitó nuestro acceso en Meta Business Suite.',
      'Conecta otra vez para devolverlo.',
    ],
    account_deleted: ['La cuenta de WhatsApp Business se eliminó en Meta.', 'Conecta otra vez con otra cuenta.'],
    code_needed: ['Meta debe comprobar que el número es tuyo.', 'Pide el código por SMS o llamada y escríbelo.'],
    credit_refused: ['Meta no nos dejó pagar por esta cuenta.', 'Nuestro soporte debe resolverlo. Escríbenos.'],
    code_expired: [
      'El código de permiso de Meta vale 30 segundos y llegó demasiado tarde.',
      'Conecta otra vez; lo ya hecho se conserva.',
    ],
    code_used: [
      'El código de permiso de Meta se gastó antes de que nos llegara la respuesta.',
      'Conecta otra vez; lo ya hecho se conserva.',
    ],
    code_refused: ['Meta no aceptó el código de permiso.', 'Conecta otra vez; lo ya hecho se conserva.'],
    nothing_shared: [
      'No se compartió ninguna cuenta de WhatsApp Business en la ventana de Meta.',
      'Conecta otra vez y elige una cuenta.',
    ],
    access_refused: [
      'El permiso no incluye la cuenta de WhatsApp Business elegida.',
      'Conecta otra vez y permite el acceso a esa cuenta. Necesitas control total de ella en Meta Business Suite.',
    ],
    token_lost: ['Meta retiró el permiso, o este caducó.', 'Conecta otra vez para renovarlo.'],
    waba_taken: [
      'Esta cuenta de WhatsApp Business ya está conectada a otro cliente de esta plataforma.',
      'Desconéctala allí primero, elige otra cuenta o escribe a soporte.',
    ],
    number_taken: [
      'Este número de teléfono ya está conectado a otro cliente de esta plataforma.',
      'Desconéctalo allí primero, elige otro número o escribe a soporte.',
    ],
    business_taken: [
      'Este portafolio comercial ya está conectado a otro cliente de esta plataforma.',
      'Entra con esa cuenta o escribe a soporte.',
    ],
    business_unknown: [
      'Meta no muestra a qué portafolio comercial pertenece la cuenta.',
      'Conecta otra vez y elige el portafolio comercial.',
    ],
    no_number: [
      'La cuenta todavía no tiene un número de teléfono.',
      'Conecta otra vez y agrega un número, o agrégalo en el Administrador de WhatsApp y reintenta.',
    ],
    number_unverified: [
      'Meta pide verificar primero el número de teléfono.',
      'Conecta otra vez y verifica el número con el código que envía Meta.',
    ],
    pin_mismatch: [
      'El número tiene un PIN de verificación en dos pasos que no conocemos.',
      'Desactiva la verificación en dos pasos en el Administrador de WhatsApp y reintenta.',
    ],
    pin_locked: [
      'El PIN de verificación en dos pasos se escribió mal demasiadas veces.',
      'Reintentaremos solos dentro de una hora.',
    ],
    register_limit: [
      'El número se registró y se dio de baja demasiadas veces. Meta permite diez en 72 horas.',
      'Reintentaremos solos pasadas las 72 horas.',
    ],
    account_blocked: [
      'Meta bloqueó esta cuenta o este número.',
      'Mira la página de calidad de la cuenta en Meta Business Suite, pide una revisión a Meta y reintenta.',
    ],
    number_pending: ['Meta aún no ha conectado el número.', 'No tienes que hacer nada. Volveremos a mirar solos.'],
    platform_misconfigured: [
      'Meta rechazó los ajustes de nuestra plataforma, no los tuyos.',
      'Tiene que arreglarlo nuestro soporte. Escríbenos, por favor.',
    ],
    meta_unavailable: ['Meta no responde como debería.', 'No tienes que hacer nada. Reintentamos solos.'],
    meta_refused: [
      'Meta rechazó este paso.',
      'Reintenta. Si sigue igual, envía los detalles de abajo a nuestro soporte.',
    ],
    internal: ['Algo falló de nuestro lado.', 'No tienes que hacer nada. Reintentamos solos.'],
  },
  notes: {
    own_payment:
      'Meta te cobra directamente: añade un método de pago en Meta Business Suite antes de enviar plantillas.',
    sync_too_late: 'Ya no se pudieron pedir los contactos y el historial; Meta lo permite durante 24 horas.',
    profile_hidden: 'Meta aún no muestra el perfil; puedes completarlo aquí.',
    no_event_yet: 'El primer aviso aún no ha llegado; es normal en los primeros minutos.',
  },
  news: {
    PARTNER_ADDED: 'Meta confirmó que nos diste acceso.',
    PARTNER_REMOVED: 'Meta nos avisó de que se quitó nuestro acceso.',
    ACCOUNT_OFFBOARDED: 'El número salió de la app WhatsApp Business en su teléfono.',
    ACCOUNT_RECONNECTED: 'El número volvió a la app WhatsApp Business.',
    ACCOUNT_DELETED: 'La cuenta se eliminó en Meta.',
    ACCOUNT_RESTRICTION: 'Meta restringió la cuenta; mira la calidad de la cuenta en Meta Business Suite.',
    ACCOUNT_VIOLATION:
      'Meta vio un incumplimiento de su política; mira la calidad de la cuenta en Meta Business Suite.',
    DISABLED_UPDATE: 'Meta cambió si la cuenta está inhabilitada.',
    APPROVED: 'La revisión de Meta aprobó la cuenta.',
    REJECTED: 'La revisión de Meta rechazó la cuenta.',
    OTHER: 'Meta nos dijo: {told}',
  },
  next: {
    connect: 'Abre la ventana de Meta y sigue sus pasos.',
    waitForCode:
      'Meta nos dijo que terminaste, pero su código de permiso no ha llegado. Si sigue así, conecta otra vez.',
    wait: 'No tienes que hacer nada; tarda un momento.',
    namedLate:
      'Lo que ves aquí está activo, pero la ventana de Meta era para otro número. Conecta de nuevo y configuramos ese.',
    payFirst: 'Ya puedes recibir mensajes. Añade un método de pago en Meta Business Suite para enviar plantillas.',
    live: 'Ya puedes enviar y recibir mensajes.',
    cancelled: 'Abre otra vez la ventana de Meta cuando quieras; no se pierde nada.',
    retry: 'Reintenta.',
  },
};
