import type { Language } from '../signups/texts/language.js';
import type { LetterText } from './letters.js';

/** What a letter may say; `link` and `name` are filled in as they are. */
export type LetterKind =
  | 'confirm-email'
  | 'reset-password'
  | 'password-changed'
  | 'invitation'
  | 'application-received'
  | 'application-question'
  | 'application-approved'
  | 'application-declined';

export interface LetterValues {
  provider: string;
  link?: string;
  /** Of the company. */
  name?: string;
  /** What staff wrote. */
  said?: string;
}

type Wording = (v: Required<LetterValues>) => LetterText;

const en: Record<LetterKind, Wording> = {
  'confirm-email': (v) => ({
    subject: `Confirm your e-mail address for ${v.provider}`,
    text: `Welcome. Please confirm that this address is yours by opening this link within 7 days:\n\n${v.link}\n\nIf you did not ask for this, ignore this message.`,
  }),
  'reset-password': (v) => ({
    subject: `Choose a new password for ${v.provider}`,
    text: `Somebody asked for a new password for this address. If it was you, open this link within an hour:\n\n${v.link}\n\nIf it was not you, ignore this message; nothing has changed.`,
  }),
  'password-changed': (v) => ({
    subject: `Your password for ${v.provider} was changed`,
    text: `The password of this account was just changed, and everybody who was signed in has been signed out. If it was not you, choose a new password now:\n\n${v.link}`,
  }),
  invitation: (v) => ({
    subject: `${v.name} invites you to ${v.provider}`,
    text: `You are invited to work for ${v.name} on ${v.provider}. Open this link within 7 days and choose a password:\n\n${v.link}`,
  }),
  'application-received': (v) => ({
    subject: `We have received the application of ${v.name}`,
    text: `Thank you. To let us begin, confirm this address and choose a password by opening this link within 7 days:\n\n${v.link}`,
  }),
  'application-question': (v) => ({
    subject: `A question about the application of ${v.name}`,
    text: `We need one more thing before we can decide:\n\n${v.said}\n\nPlease answer here:\n\n${v.link}`,
  }),
  'application-approved': (v) => ({
    subject: `The application of ${v.name} is approved`,
    text: `Good news: your application is approved. The last step is to prove your phone number with a code:\n\n${v.link}`,
  }),
  'application-declined': (v) => ({
    subject: `The application of ${v.name} was declined`,
    text: `We cannot take your application. The reason:\n\n${v.said}`,
  }),
};

const es: Record<LetterKind, Wording> = {
  'confirm-email': (v) => ({
    subject: `Confirma tu correo para ${v.provider}`,
    text: `Te damos la bienvenida. Confirma que esta dirección es tuya abriendo este enlace en un plazo de 7 días:\n\n${v.link}\n\nSi no lo pediste tú, ignora este mensaje.`,
  }),
  'reset-password': (v) => ({
    subject: `Elige una contraseña nueva para ${v.provider}`,
    text: `Alguien pidió una contraseña nueva para esta dirección. Si fuiste tú, abre este enlace antes de una hora:\n\n${v.link}\n\nSi no fuiste tú, ignora este mensaje; nada ha cambiado.`,
  }),
  'password-changed': (v) => ({
    subject: `Se cambió tu contraseña de ${v.provider}`,
    text: `La contraseña de esta cuenta se acaba de cambiar y se cerraron todas las sesiones. Si no fuiste tú, elige otra ahora:\n\n${v.link}`,
  }),
  invitation: (v) => ({
    subject: `${v.name} te invita a ${v.provider}`,
    text: `Te invitan a trabajar para ${v.name} en ${v.provider}. Abre este enlace en un plazo de 7 días y elige una contraseña:\n\n${v.link}`,
  }),
  'application-received': (v) => ({
    subject: `Hemos recibido la solicitud de ${v.name}`,
    text: `Gracias. Para empezar, confirma esta dirección y elige una contraseña abriendo este enlace en un plazo de 7 días:\n\n${v.link}`,
  }),
  'application-question': (v) => ({
    subject: `Una pregunta sobre la solicitud de ${v.name}`,
    text: `Necesitamos algo más antes de decidir:\n\n${v.said}\n\nResponde aquí, por favor:\n\n${v.link}`,
  }),
  'application-approved': (v) => ({
    subject: `La solicitud de ${v.name} está aprobada`,
    text: `Buenas noticias: tu solicitud está aprobada. El último paso es comprobar tu número de teléfono con un código:\n\n${v.link}`,
  }),
  'application-declined': (v) => ({
    subject: `La solicitud de ${v.name} fue rechazada`,
    text: `No podemos aceptar tu solicitud. El motivo:\n\n${v.said}`,
  }),
};

const pt: Record<LetterKind, Wording> = {
  'confirm-email': (v) => ({
    subject: `Confirme o seu e-mail para ${v.provider}`,
    text: `Boas-vindas. Confirme que este endereço é seu abrindo este link em até 7 dias:\n\n${v.link}\n\nSe você não pediu isto, ignore esta mensagem.`,
  }),
  'reset-password': (v) => ({
    subject: `Escolha uma nova senha para ${v.provider}`,
    text: `Alguém pediu uma nova senha para este endereço. Se foi você, abra este link em até uma hora:\n\n${v.link}\n\nSe não foi você, ignore esta mensagem; nada mudou.`,
  }),
  'password-changed': (v) => ({
    subject: `A sua senha de ${v.provider} foi alterada`,
    text: `A senha desta conta acabou de ser alterada e todas as sessões foram encerradas. Se não foi você, escolha outra agora:\n\n${v.link}`,
  }),
  invitation: (v) => ({
    subject: `${v.name} convida você para ${v.provider}`,
    text: `Você foi convidado a trabalhar para ${v.name} em ${v.provider}. Abra este link em até 7 dias e escolha uma senha:\n\n${v.link}`,
  }),
  'application-received': (v) => ({
    subject: `Recebemos o pedido de ${v.name}`,
    text: `Obrigado. Para começarmos, confirme este endereço e escolha uma senha abrindo este link em até 7 dias:\n\n${v.link}`,
  }),
  'application-question': (v) => ({
    subject: `Uma pergunta sobre o pedido de ${v.name}`,
    text: `Precisamos de mais uma informação antes de decidir:\n\n${v.said}\n\nResponda aqui, por favor:\n\n${v.link}`,
  }),
  'application-approved': (v) => ({
    subject: `O pedido de ${v.name} foi aprovado`,
    text: `Boas notícias: o seu pedido foi aprovado. O último passo é comprovar o seu número de telefone com um código:\n\n${v.link}`,
  }),
  'application-declined': (v) => ({
    subject: `O pedido de ${v.name} foi recusado`,
    text: `Não podemos aceitar o seu pedido. O motivo:\n\n${v.said}`,
  }),
};

const TEXTS: Readonly<Record<Language, Record<LetterKind, Wording>>> = { en, es, pt };

export const letterText = (kind: LetterKind, language: Language, values: LetterValues): LetterText =>
  TEXTS[language][kind]({ link: '', name: '', said: '', ...values });
