import type { Language } from '../signups/texts/language.js';

export type AccountPage = 'confirm' | 'reset' | 'join' | 'forgotten';

const PAGES: readonly AccountPage[] = ['confirm', 'reset', 'join', 'forgotten'];
export const isAccountPage = (text: string): text is AccountPage => PAGES.some((page) => page === text);

type PageText = { title: string; intro: string; action: string; done: string; passwordHelp?: string };
interface Texts {
  common: Readonly<
    Record<
      | 'languages'
      | 'email'
      | 'password'
      | 'passwordHelp'
      | 'offline'
      | 'short'
      | 'needEmail'
      | 'noLink'
      | 'notYou'
      | 'chooseOwn'
      | 'linkSpent'
      | 'wrongPassword'
      | 'addressTaken'
      | 'slowDown'
      | 'toSignIn',
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
      notYou: 'You did not make this account? Then do not confirm it: somebody gave your address.',
      chooseOwn: 'Choose a password of your own, and everybody else is out.',
      linkSpent: 'This link was used already, or is too old. Ask for a new one.',
      wrongPassword:
        'This is not the password with which the account was made. If you did not make it, choose a password of your own.',
      addressTaken: 'Somebody already signs in with this address.',
      slowDown: 'There were too many attempts. Wait a little, then try again.',
      toSignIn: 'Go to the sign-in page',
    },
    pages: {
      confirm: {
        title: 'Confirm your e-mail address',
        intro: 'Enter the password with which you made the account, and we know that letters reach you.',
        passwordHelp: 'The one that you chose when you made the account.',
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
      notYou: '¿No creaste tú esta cuenta? Entonces no la confirmes: alguien dio tu dirección.',
      chooseOwn: 'Elige una contraseña tuya y los demás quedarán fuera.',
      linkSpent: 'Este enlace ya se usó o es demasiado antiguo. Pide otro.',
      wrongPassword:
        'Esta no es la contraseña con la que se creó la cuenta. Si no la creaste tú, elige una contraseña tuya.',
      addressTaken: 'Alguien ya entra con esta dirección.',
      slowDown: 'Hubo demasiados intentos. Espera un poco y reintenta.',
      toSignIn: 'Ir a la página de entrada',
    },
    pages: {
      confirm: {
        title: 'Confirma tu correo',
        intro: 'Escribe la contraseña con la que creaste la cuenta y sabremos que los mensajes te llegan.',
        passwordHelp: 'La que elegiste al crear la cuenta.',
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
      notYou: 'Não foi você que criou esta conta? Então não a confirme: alguém deu o seu endereço.',
      chooseOwn: 'Escolha uma senha sua e todos os outros ficam de fora.',
      linkSpent: 'Este link já foi usado ou é antigo demais. Peça outro.',
      wrongPassword:
        'Esta não é a senha com que a conta foi criada. Se não foi você que a criou, escolha uma senha sua.',
      addressTaken: 'Alguém já entra com este endereço.',
      slowDown: 'Houve tentativas demais. Espere um pouco e tente de novo.',
      toSignIn: 'Ir para a página de entrada',
    },
    pages: {
      confirm: {
        title: 'Confirme o seu e-mail',
        intro: 'Digite a senha com que você criou a conta e sabemos que as mensagens chegam até você.',
        passwordHelp: 'A que você escolheu ao criar a conta.',
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
