import { createHmac, timingSafeEqual } from 'node:crypto'

/** Whether gochron sent this request, and sent it lately. `headers` by lower-case name; `body` as it came. */
export function verify(
  secret: string, headers: Record<string, string | undefined>, body: Buffer, tolerance = 300,
): boolean {
  const id = headers['webhook-id'] ?? ''
  const timestamp = headers['webhook-timestamp'] ?? ''
  if (!/^\d+$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > tolerance) return false
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')
  const expected = Buffer.from(`v1,${digest}`)
  // While a secret is rolled there are two signatures, separated by a space.
  return (headers['webhook-signature'] ?? '').split(' ').some((one) => {
    const given = Buffer.from(one)
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
}
