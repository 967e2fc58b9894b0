const KIND = 'on_premises:';

/**
 * Where callbacks of a number's On-Premises client wait to be applied: apart from what Meta said of the number. The client
 * is a server of the tenant's, so what it says is believed of the number alone, and of what went over it.
 */
export const clientRoute = (metaPhoneNumberId: string): string => `${KIND}${metaPhoneNumberId}`;

export const isClientRoute = (route: string): boolean => route.startsWith(KIND);
