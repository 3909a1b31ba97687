/** A place in a person's file; line and column count from 1. */
export interface SourcePlace {
  file: string;
  line?: number;
  column?: number;
}

/**
 * A mistake of the person, not of the program: one clear sentence that says what is wrong, where, and what to do.
 * It is shown without a stack; the command line ends with exit code 2.
 */
export class UserError extends Error {
  override readonly name = 'UserError';

  /**
   * @param message what is wrong and what to do about it, one sentence
   * @param place where, when it can be pointed at
   */
  constructor(
    message: string,
    readonly place?: SourcePlace,
  ) {
    super(message);
  }

  /** `file:line:column: message`, the form editors and terminals can jump to. */
  describe(): string {
    return this.place ? `${formatPlace(this.place)}: ${this.message}` : this.message;
  }
}

/** `file`, `file:line` or `file:line:column`. */
export function formatPlace(place: SourcePlace): string {
  return [place.file, place.line, place.column].filter(part => part !== undefined).join(':');
}

/** True for errors of the operating system that a person can act on: a full disk, no permission, a missing file. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string' && 'syscall' in error;
}
