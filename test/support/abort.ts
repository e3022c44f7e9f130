/**
 * Aborts a Durable Object as a deployment or a failing machine does. The test runner does not print aborts with this message, which
 * workerd reports once per waiting request.
 */
export const abortObject = (state: DurableObjectState): void =>
  state.abort("Instance dispose, on purpose by a test");
