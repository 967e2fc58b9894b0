import { isRegistered, type PhoneNumber, type Portfolio, type Waba } from '#libs/wabas';

/**
 * A number as Graph shows it (phone number node, 2025-11), as far as we keep it.
 *
 * @param onPremises whether an On-Premises client carries it
 */
export const numberView = (
  number: PhoneNumber,
  portfolio: Portfolio | undefined,
  onPremises: boolean,
): Record<string, unknown> => ({
  id: number.metaPhoneNumberId,
  display_phone_number: number.displayPhoneNumber,
  verified_name: number.verifiedName,
  status: number.status,
  quality_rating: number.qualityRating,
  platform_type: onPremises ? 'ON_PREMISE' : isRegistered(number.status) ? 'CLOUD_API' : 'NOT_APPLICABLE',
  throughput: { level: number.throughputLevel },
  account_mode: 'LIVE',
  is_on_biz_app: number.coexistence,
  whatsapp_business_manager_messaging_limit: portfolio?.messagingLimit,
});

/** An account as Graph shows it. */
export const wabaView = (waba: Waba): Record<string, unknown> => ({
  id: waba.metaWabaId,
  name: waba.name,
  currency: waba.currency.trim(),
  timezone_id: waba.timezone,
});
