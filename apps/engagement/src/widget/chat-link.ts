/**
 * What opens the chat with a number, with a message ready to send (WhatsApp, click to chat).
 *
 * @param displayPhoneNumber as Meta shows it
 */
export const chatLink = (displayPhoneNumber: string, message: string): string =>
  `https://wa.me/${displayPhoneNumber.replace(/\D/g, '')}?text=${encodeURIComponent(message)}`;
