import type { Language } from './language.js';

/** Why a setup link opens nothing, for whoever was sent it. */
interface SetupLinkTexts {
  readonly used: string;
  readonly revoked: string;
  readonly expired: string;
  readonly unknown: string;
  readonly suspended: string;
}

export const SETUP_LINK_TEXTS: Readonly<Record<Language, SetupLinkTexts>> = {
  en: {
    used: 'This link has done its work: the number is connected.',
    revoked: 'This link was taken back. Ask whoever sent it for a new one.',
    expired: 'This link is too old. Ask whoever sent it for a new one.',
    unknown: 'This link is not complete. Open it again from the message that you got, or ask for a new one.',
    suspended: 'This account is suspended and cannot connect numbers.',
  },
  es: {
    used: 'Este enlace ya cumplió su función: el número está conectado.',
    revoked: 'Este enlace fue retirado. Pide uno nuevo a quien te lo envió.',
    expired: 'Este enlace caducó. Pide uno nuevo a quien te lo envió.',
    unknown: 'Este enlace está incompleto. Ábrelo otra vez desde el mensaje que recibiste, o pide uno nuevo.',
    suspended: 'Esta cuenta está suspendida y no puede conectar números.',
  },
  pt: {
    used: 'Este link já cumpriu sua função: o número está conectado.',
    revoked: 'Este link foi retirado. Peça um novo a quem o enviou.',
    expired: 'Este link venceu. Peça um novo a quem o enviou.',
    unknown: 'Este link está incompleto. Abra-o de novo na mensagem que você recebeu, ou peça um novo.',
    suspended: 'Esta conta está suspensa e não pode conectar números.',
  },
};
