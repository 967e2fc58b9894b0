export default async function tearDown() {
  const end = globalThis.palomaTestServices;
  globalThis.palomaTestServices = undefined;
  await end?.();
}
