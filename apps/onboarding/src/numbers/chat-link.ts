/**
 * The address that opens a chat with a number, with a text ready to send (WhatsApp, click to chat). It needs no call of
 * Meta's, cannot be changed afterwards and counts nothing; a QR code of Meta's (message_qrdls) can.
 *
 * @param phone E.164 or as Meta shows it
 */
export function chatLink(phone: string, text?: string): string {
  const digits = phone.replace(/\D/g, '');
  return `https://wa.me/${digits}${text ? `?text=${encodeURIComponent(text)}` : ''}`;
}
