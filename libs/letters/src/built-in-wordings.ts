import type { LetterKind, LetterLanguage, Wording } from './letter-kinds.js';

const en: Record<LetterKind, Wording> = {
  'confirm-email': {
    subject: 'Confirm your e-mail address for {{provider}}',
    text: 'Welcome. Please confirm that this address is yours: open this link within 7 days and enter the password that you chose:\n\n{{link}}\n\nIf you did not ask for this, somebody gave your address. Ignore this message and the address stays unconfirmed; or, on the same page, choose a password of your own, and whoever made the account is out of it.',
  },
  'reset-password': {
    subject: 'Choose a new password for {{provider}}',
    text: 'Somebody asked for a new password for this address. If it was you, open this link within an hour:\n\n{{link}}\n\nIf it was not you, ignore this message; nothing has changed.',
  },
  'password-changed': {
    subject: 'Your password for {{provider}} was changed',
    text: 'The password of this account was just changed, and everybody who was signed in has been signed out. If it was not you, choose a new password now:\n\n{{link}}',
  },
  invitation: {
    subject: '{{name}} invites you to {{provider}}',
    text: 'You are invited to work for {{name}} on {{provider}}. Open this link within 7 days and choose a password:\n\n{{link}}',
  },
  'application-received': {
    subject: 'We have received the application of {{name}}',
    text: 'Thank you. To let us begin, confirm this address and choose a password by opening this link within 7 days:\n\n{{link}}',
  },
  'application-question': {
    subject: 'A question about the application of {{name}}',
    text: 'We need one more thing before we can decide:\n\n{{said}}\n\nPlease answer here:\n\n{{link}}',
  },
  'application-approved': {
    subject: 'The application of {{name}} is approved',
    text: 'Good news: your application is approved. The last step is to prove your phone number with a code:\n\n{{link}}',
  },
  'application-declined': {
    subject: 'The application of {{name}} was declined',
    text: 'We cannot take your application. The reason:\n\n{{said}}',
  },
  'account-closing': {
    subject: 'The account of {{name}} is going to be closed',
    text: 'On {{date}} the account of {{name}} with {{provider}} will be closed: its numbers are disconnected, and messages, contacts and files are erased for good. Until then nothing more is sent or changed, but you can read everything and take it along. A developer of yours gets one file with all of it by a POST request with your key to:\n\n{{link}}\n\nOr ask us for that file. If you did not want this, tell us before that day; it can still be undone.',
  },
  'account-closing-undone': {
    subject: 'The account of {{name}} stays open',
    text: 'The account of {{name}} with {{provider}} will not be closed after all. Everything is as it was, and you can send again.',
  },
};

const es: Record<LetterKind, Wording> = {
  'confirm-email': {
    subject: 'Confirma tu correo para {{provider}}',
    text: 'Te damos la bienvenida. Confirma que esta dirección es tuya: abre este enlace en un plazo de 7 días y escribe la contraseña que elegiste:\n\n{{link}}\n\nSi no lo pediste tú, alguien dio tu dirección. Ignora este mensaje y la dirección queda sin confirmar; o elige en la misma página una contraseña tuya, y quien creó la cuenta quedará fuera.',
  },
  'reset-password': {
    subject: 'Elige una contraseña nueva para {{provider}}',
    text: 'Alguien pidió una contraseña nueva para esta dirección. Si fuiste tú, abre este enlace antes de una hora:\n\n{{link}}\n\nSi no fuiste tú, ignora este mensaje; nada ha cambiado.',
  },
  'password-changed': {
    subject: 'Se cambió tu contraseña de {{provider}}',
    text: 'La contraseña de esta cuenta se acaba de cambiar y se cerraron todas las sesiones. Si no fuiste tú, elige otra ahora:\n\n{{link}}',
  },
  invitation: {
    subject: '{{name}} te invita a {{provider}}',
    text: 'Te invitan a trabajar para {{name}} en {{provider}}. Abre este enlace en un plazo de 7 días y elige una contraseña:\n\n{{link}}',
  },
  'application-received': {
    subject: 'Hemos recibido la solicitud de {{name}}',
    text: 'Gracias. Para empezar, confirma esta dirección y elige una contraseña abriendo este enlace en un plazo de 7 días:\n\n{{link}}',
  },
  'application-question': {
    subject: 'Una pregunta sobre la solicitud de {{name}}',
    text: 'Necesitamos algo más antes de decidir:\n\n{{said}}\n\nResponde aquí, por favor:\n\n{{link}}',
  },
  'application-approved': {
    subject: 'La solicitud de {{name}} está aprobada',
    text: 'Buenas noticias: tu solicitud está aprobada. El último paso es comprobar tu número de teléfono con un código:\n\n{{link}}',
  },
  'application-declined': {
    subject: 'La solicitud de {{name}} fue rechazada',
    text: 'No podemos aceptar tu solicitud. El motivo:\n\n{{said}}',
  },
  'account-closing': {
    subject: 'Vamos a cerrar la cuenta de {{name}}',
    text: 'El {{date}} se cerrará la cuenta de {{name}} en {{provider}}: se desconectan sus números y se borran para siempre mensajes, contactos y archivos. Hasta entonces ya no se envía ni se cambia nada, pero puedes leerlo todo y llevártelo. Quien programa para ti obtiene un solo archivo con todo mediante una petición POST con tu clave a:\n\n{{link}}\n\nO pídenos ese archivo. Si no querías esto, dínoslo antes de ese día; todavía se puede deshacer.',
  },
  'account-closing-undone': {
    subject: 'La cuenta de {{name}} sigue abierta',
    text: 'Al final no se cerrará la cuenta de {{name}} en {{provider}}. Todo está como antes y puedes volver a enviar.',
  },
};

const pt: Record<LetterKind, Wording> = {
  'confirm-email': {
    subject: 'Confirme o seu e-mail para {{provider}}',
    text: 'Boas-vindas. Confirme que este endereço é seu: abra este link em até 7 dias e digite a senha que você escolheu:\n\n{{link}}\n\nSe você não pediu isto, alguém deu o seu endereço. Ignore esta mensagem e o endereço fica sem confirmação; ou escolha na mesma página uma senha sua, e quem criou a conta fica de fora.',
  },
  'reset-password': {
    subject: 'Escolha uma nova senha para {{provider}}',
    text: 'Alguém pediu uma nova senha para este endereço. Se foi você, abra este link em até uma hora:\n\n{{link}}\n\nSe não foi você, ignore esta mensagem; nada mudou.',
  },
  'password-changed': {
    subject: 'A sua senha de {{provider}} foi alterada',
    text: 'A senha desta conta acabou de ser alterada e todas as sessões foram encerradas. Se não foi você, escolha outra agora:\n\n{{link}}',
  },
  invitation: {
    subject: '{{name}} convida você para {{provider}}',
    text: 'Você foi convidado a trabalhar para {{name}} em {{provider}}. Abra este link em até 7 dias e escolha uma senha:\n\n{{link}}',
  },
  'application-received': {
    subject: 'Recebemos o pedido de {{name}}',
    text: 'Obrigado. Para começarmos, confirme este endereço e escolha uma senha abrindo este link em até 7 dias:\n\n{{link}}',
  },
  'application-question': {
    subject: 'Uma pergunta sobre o pedido de {{name}}',
    text: 'Precisamos de mais uma informação antes de decidir:\n\n{{said}}\n\nResponda aqui, por favor:\n\n{{link}}',
  },
  'application-approved': {
    subject: 'O pedido de {{name}} foi aprovado',
    text: 'Boas notícias: o seu pedido foi aprovado. O último passo é comprovar o seu número de telefone com um código:\n\n{{link}}',
  },
  'application-declined': {
    subject: 'O pedido de {{name}} foi recusado',
    text: 'Não podemos aceitar o seu pedido. O motivo:\n\n{{said}}',
  },
  'account-closing': {
    subject: 'A conta de {{name}} vai ser encerrada',
    text: 'Em {{date}} a conta de {{name}} em {{provider}} será encerrada: os números são desconectados e mensagens, contatos e arquivos são apagados para sempre. Até lá nada mais é enviado nem alterado, mas você pode ler tudo e levar com você. Quem programa para você obtém um único arquivo com tudo por uma requisição POST com a sua chave para:\n\n{{link}}\n\nOu peça esse arquivo a nós. Se você não queria isto, avise antes desse dia; ainda é possível desfazer.',
  },
  'account-closing-undone': {
    subject: 'A conta de {{name}} continua aberta',
    text: 'A conta de {{name}} em {{provider}} não será mais encerrada. Tudo está como antes e você pode voltar a enviar.',
  },
};

/** What letters say where the provider has no words of its own. */
export const BUILT_IN: Readonly<Record<LetterLanguage, Record<LetterKind, Wording>>> = { en, es, pt };
