import type { Language } from '../signups/texts/language.js';

export type AccountPage = 'confirm' | 'reset' | 'join' | 'forgotten';

const PAGES: readonly AccountPage[] = ['confirm', 'reset', 'join', 'forgotten'];
export const isAccountPage = (text: string): text is AccountPage => PAGES.some((page) => page === text);

type PageText = { title: string; intro: string; action: string; done: string };
interface Texts {
  common: Readonly<
    Record<
      'languages' | 'email' | 'password' | 'passwordHelp' | 'offline' | 'short' | 'needEmail' | 'noLink' | 'toSignIn',
      string
    >
  >;
  pages: Readonly<Record<AccountPage, PageText>>;
}

/** What the pages behind the links of letters say. */
export const ACCOUNT_TEXTS: Readonly<Record<Language, Texts>> = {
  en: {
    common: {
      languages: 'Language',
      email: 'E-mail',
      password: 'Password',
      passwordHelp: 'At least 10 characters.',
      offline: 'We cannot be reached at the moment. Check your connection and try again.',
      short: 'Enter a password of at least 10 characters.',
      needEmail: 'Enter an e-mail address such as name@company.com.',
      noLink: 'Please open the link of the letter as it is; a part of it is missing here.',
      toSignIn: 'Go to the sign-in page',
    },
    pages: {
      confirm: {
        title: 'Confirm your e-mail address',
        intro: 'One click, and we know that letters reach you.',
        action: 'Confirm',
        done: 'Thank you. Your address is confirmed.',
      },
      reset: {
        title: 'Choose a new password',
        intro: 'Everybody who is signed in to this account will be signed out.',
        action: 'Save the password',
        done: 'Your password is changed. You can sign in with it now.',
      },
      join: {
        title: 'Welcome to the team',
        intro: 'Choose a password to accept the invitation.',
        action: 'Join',
        done: 'You belong to the team now. Sign in with your e-mail address.',
      },
      forgotten: {
        title: 'Forgot your password?',
        intro: 'Tell us your e-mail address, and we send you a link to choose a new one.',
        action: 'Send the link',
        done: 'If somebody signs in with this address, a letter is on its way to it.',
      },
    },
  },
  es: {
    common: {
      languages: 'Idioma',
      email: 'Correo electrónico',
      password: 'Contraseña',
      passwordHelp: 'Al menos 10 caracteres.',
      offline: 'No podemos conectar en este momento. Revisa tu conexión y reintenta.',
      short: 'Escribe una contraseña de al menos 10 caracteres.',
      needEmail: 'Escribe un correo como nombre@empresa.com.',
      noLink: 'Abre el enlace del mensaje tal como es; aquí falta una parte.',
      toSignIn: 'Ir a la página de entrada',
    },
    pages: {
      confirm: {
        title: 'Confirma tu correo',
        intro: 'Con un clic sabemos que los mensajes te llegan.',
        action: 'Confirmar',
        done: 'Gracias. Tu dirección está confirmada.',
      },
      reset: {
        title: 'Elige una contraseña nueva',
        intro: 'Se cerrarán todas las sesiones de esta cuenta.',
        action: 'Guardar la contraseña',
        done: 'Tu contraseña cambió. Ya puedes entrar con ella.',
      },
      join: {
        title: 'Te damos la bienvenida al equipo',
        intro: 'Elige una contraseña para aceptar la invitación.',
        action: 'Unirme',
        done: 'Ya eres parte del equipo. Entra con tu correo.',
      },
      forgotten: {
        title: '¿Olvidaste tu contraseña?',
        intro: 'Dinos tu correo y te enviamos un enlace para elegir otra.',
        action: 'Enviar el enlace',
        done: 'Si alguien entra con esta dirección, un mensaje va en camino.',
      },
    },
  },
  pt: {
    common: {
      languages: 'Idioma',
      email: 'E-mail',
      password: 'Senha',
      passwordHelp: 'Pelo menos 10 caracteres.',
      offline: 'Não conseguimos conectar neste momento. Verifique a sua conexão e tente de novo.',
      short: 'Digite uma senha de pelo menos 10 caracteres.',
      needEmail: 'Digite um e-mail como nome@empresa.com.',
      noLink: 'Abra o link da mensagem como ele é; aqui falta uma parte.',
      toSignIn: 'Ir para a página de entrada',
    },
    pages: {
      confirm: {
        title: 'Confirme o seu e-mail',
        intro: 'Com um clique sabemos que as mensagens chegam até você.',
        action: 'Confirmar',
        done: 'Obrigado. O seu endereço está confirmado.',
      },
      reset: {
        title: 'Escolha uma nova senha',
        intro: 'Todas as sessões desta conta serão encerradas.',
        action: 'Salvar a senha',
        done: 'A sua senha foi alterada. Já pode entrar com ela.',
      },
      join: {
        title: 'Boas-vindas à equipe',
        intro: 'Escolha uma senha para aceitar o convite.',
        action: 'Entrar na equipe',
        done: 'Agora você faz parte da equipe. Entre com o seu e-mail.',
      },
      forgotten: {
        title: 'Esqueceu a senha?',
        intro: 'Diga o seu e-mail e enviamos um link para escolher outra.',
        action: 'Enviar o link',
        done: 'Se alguém entra com este endereço, uma mensagem está a caminho.',
      },
    },
  },
};
