import type { GraphClient } from '#libs/meta-cloud';
import { PROFILE_FIELDS, type Profile } from './profile-rules.js';

/** What Meta shows customers of the business behind a number. @throws GraphError, GraphUnreachableError */
export async function fetchProfile(graph: GraphClient, metaPhoneNumberId: string, token: string): Promise<Profile> {
  const { data } = await graph.call<{ data?: Profile[] }>({
    path: `/${metaPhoneNumberId}/whatsapp_business_profile`,
    query: { fields: PROFILE_FIELDS.join(',') },
    token,
  });
  return data?.[0] ?? {};
}
