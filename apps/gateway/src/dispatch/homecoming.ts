/** So long calls under way may take to come home when others wait for their number's place; for one that hangs it stays. */
export const HOMECOMING_MS = 5_000;

/** Waits for what is to come home, but not for what hangs. @returns whether it came */
export async function isSoon(home: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, HOMECOMING_MS, false);
  });
  return Promise.race([home.then(() => true), tooLong]).finally(() => clearTimeout(timer));
}
