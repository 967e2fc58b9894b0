export const FORM_LANGUAGES = ['es', 'pt', 'en'] as const;
export type FormLanguage = (typeof FORM_LANGUAGES)[number];

/** Everything that a visitor reads; `wording` is what they agree to, and is kept with their consent word for word. */
export interface FormTexts {
  title: string;
  phone: string;
  wording: string;
  button: string;
  thanks: string;
  confirm: string;
  chat: string;
  /** What the chat begins with; it must say yes to offers (`wishIn` of libs/consent). */
  greeting: string;
  phoneWrong: string;
  agreeFirst: string;
  later: string;
}

/** What a merchant may say in its own words. */
export type OwnTexts = Partial<
  Record<FormLanguage, Partial<Pick<FormTexts, 'title' | 'wording' | 'button' | 'thanks'>>>
>;

const COMMON: Readonly<Record<FormLanguage, FormTexts>> = {
  es: {
    title: 'Ofertas y novedades por WhatsApp',
    phone: 'Tu número de WhatsApp, con código de país',
    wording: 'Acepto recibir ofertas y novedades por WhatsApp. Puedo darme de baja cuando quiera respondiendo BAJA.',
    button: 'Quiero recibirlas',
    thanks: '¡Listo! Te escribiremos por WhatsApp.',
    confirm: 'Falta un paso: abre el chat y envía el mensaje para confirmar que el número es tuyo.',
    chat: 'Abrir el chat',
    greeting: 'Sí, quiero recibir ofertas',
    phoneWrong: 'Revisa el número: escríbelo con el código de país, por ejemplo +52 55 1234 5678.',
    agreeFirst: 'Marca la casilla para aceptar.',
    later: 'No se pudo guardar. Inténtalo de nuevo en un momento.',
  },
  pt: {
    title: 'Ofertas e novidades pelo WhatsApp',
    phone: 'Seu número de WhatsApp, com código do país',
    wording: 'Aceito receber ofertas e novidades pelo WhatsApp. Posso cancelar quando quiser respondendo SAIR.',
    button: 'Quero receber',
    thanks: 'Pronto! Vamos escrever para você pelo WhatsApp.',
    confirm: 'Falta um passo: abra a conversa e envie a mensagem para confirmar que o número é seu.',
    chat: 'Abrir a conversa',
    greeting: 'Sim, quero receber ofertas',
    phoneWrong: 'Confira o número: escreva com o código do país, por exemplo +55 11 98765-4321.',
    agreeFirst: 'Marque a caixa para aceitar.',
    later: 'Não foi possível salvar. Tente de novo em instantes.',
  },
  en: {
    title: 'Offers and news on WhatsApp',
    phone: 'Your WhatsApp number, with country code',
    wording: 'I agree to receive offers and news on WhatsApp. I can stop at any time by replying STOP.',
    button: 'Sign me up',
    thanks: 'Done! We will write to you on WhatsApp.',
    confirm: 'One more step: open the chat and send the message, so that we know the number is yours.',
    chat: 'Open the chat',
    greeting: 'Yes, I want offers',
    phoneWrong: 'Check the number: write it with the country code, such as +1 650 555 1234.',
    agreeFirst: 'Tick the box to agree.',
    later: 'It could not be saved. Please try again in a moment.',
  },
};

/** The texts of a form in each language: the merchant's own where it has some. */
export const textsOf = (own: OwnTexts): Record<FormLanguage, FormTexts> => ({
  es: { ...COMMON.es, ...own.es },
  pt: { ...COMMON.pt, ...own.pt },
  en: { ...COMMON.en, ...own.en },
});
