import { isId } from '#libs/ids';

const MARK = 'paloma:';

/**
 * What we put into `biz_opaque_callback_data` towards Meta, which every status gives back (at most 512 characters): with
 * it a status finds its message even where the answer to the call was lost.
 */
export const callbackDataOf = (messageId: string): string => MARK + messageId;

/** The message's UUID; undefined for data that is not ours. */
export function messageIdOfCallbackData(data: string | undefined): string | undefined {
  if (!data?.startsWith(MARK)) return undefined;
  const id = data.slice(MARK.length);
  return isId(id) ? id : undefined;
}
