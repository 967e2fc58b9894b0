import type { Language } from '../signups/texts/language.js';
import type { NumberVerdict } from './judge-number.js';

/** What a merchant reads about a number, with what to do. */
export const VERDICT_TEXTS: Readonly<Record<Language, Readonly<Record<NumberVerdict, string>>>> = {
  en: {
    eligible: 'This number can be connected. The code can come by text message or call.',
    eligible_by_call: 'This number can be connected. Ask for the code by a call; a person must answer, not a menu.',
    coexistence: 'Keep the app: connect this number through Meta’s window and choose the number of the app there.',
    migration:
      'This number can be moved here. First switch off its two-step PIN with the other provider; its display name must be approved.',
    no_country_code: 'Write the number with + and its country code, such as +52 55 1234 5678.',
    short_code: 'Short codes cannot be used on WhatsApp. Take a number with country and area code.',
    not_a_number: 'There is no such number in any country. Check each digit and the country code.',
    universal_access: 'Company-wide access numbers cannot be used. Take the number of one line.',
    premium_rate: 'Premium-rate numbers cannot be used on WhatsApp. Take an ordinary number.',
    shared_cost: 'Numbers with shared costs cannot be used on WhatsApp. Take an ordinary number.',
    pager_or_voicemail: 'This number takes no messages or calls from Meta. Take an ordinary number.',
    meta_555: 'Numbers with +1 555 are given out by Meta itself: choose one in Meta’s window.',
    on_whatsapp:
      'This number is used in WhatsApp. Delete its account in the app (Settings, Account, Delete), wait three minutes, and try again.',
    yours_already: 'This number is connected to your account already.',
    another_customer: 'Another customer here has this number. Release it there first, or ask our support.',
  },
  es: {
    eligible: 'Este número se puede conectar. El código puede llegar por SMS o llamada.',
    eligible_by_call:
      'Este número se puede conectar. Pide el código por llamada; debe contestar una persona, no un menú.',
    coexistence: 'Conserva la app: conecta este número en la ventana de Meta y elige allí el número de la app.',
    migration:
      'Este número se puede traer aquí. Antes desactiva su PIN de dos pasos con el otro proveedor; su nombre visible debe estar aprobado.',
    no_country_code: 'Escribe el número con + y el código del país, como +52 55 1234 5678.',
    short_code: 'Los números cortos no sirven en WhatsApp. Usa un número con código de país y de zona.',
    not_a_number: 'Este número no existe en ningún país. Revisa cada cifra y el código del país.',
    universal_access: 'Los números de acceso de toda la empresa no sirven. Usa el número de una línea.',
    premium_rate: 'Los números de tarificación especial no sirven en WhatsApp. Usa un número normal.',
    shared_cost: 'Los números de coste compartido no sirven en WhatsApp. Usa un número normal.',
    pager_or_voicemail: 'Este número no recibe mensajes ni llamadas de Meta. Usa un número normal.',
    meta_555: 'Los números con +1 555 los da Meta: elige uno en la ventana de Meta.',
    on_whatsapp:
      'Este número se usa en WhatsApp. Elimina su cuenta en la app (Ajustes, Cuenta, Eliminar), espera tres minutos y reintenta.',
    yours_already: 'Este número ya está conectado a tu cuenta.',
    another_customer: 'Otro cliente de aquí tiene este número. Libéralo primero allí o pregunta a nuestro soporte.',
  },
  pt: {
    eligible: 'Este número pode ser conectado. O código pode chegar por SMS ou ligação.',
    eligible_by_call:
      'Este número pode ser conectado. Peça o código por ligação; uma pessoa deve atender, não um menu.',
    coexistence: 'Mantenha o app: conecte este número na janela da Meta e escolha lá o número do app.',
    migration:
      'Este número pode ser trazido para cá. Antes desative o PIN de duas etapas no outro provedor; o nome de exibição deve estar aprovado.',
    no_country_code: 'Escreva o número com + e o código do país, como +55 11 91234 5678.',
    short_code: 'Números curtos não servem no WhatsApp. Use um número com código de país e de área.',
    not_a_number: 'Este número não existe em nenhum país. Confira cada dígito e o código do país.',
    universal_access: 'Números de acesso de toda a empresa não servem. Use o número de uma linha.',
    premium_rate: 'Números de tarifa especial não servem no WhatsApp. Use um número comum.',
    shared_cost: 'Números de custo compartilhado não servem no WhatsApp. Use um número comum.',
    pager_or_voicemail: 'Este número não recebe mensagens nem ligações da Meta. Use um número comum.',
    meta_555: 'Números com +1 555 são dados pela própria Meta: escolha um na janela da Meta.',
    on_whatsapp:
      'Este número é usado no WhatsApp. Exclua a conta no app (Configurações, Conta, Excluir), espere três minutos e tente de novo.',
    yours_already: 'Este número já está conectado à sua conta.',
    another_customer: 'Outro cliente daqui tem este número. Libere-o lá primeiro ou fale com o nosso suporte.',
  },
};
