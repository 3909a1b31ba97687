/** Something the tests need cannot be had on this machine; the message says what and how a person could provide it. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}
