// What a failed operator throws: code, operator, number of the control parameter (0: none) and text from the core.

export class HOperatorError extends Error {
  override readonly name = 'HOperatorError';

  constructor(
    readonly errorCode: number,
    readonly operatorName: string,
    readonly parameter: number,
    readonly errorText: string,
  ) {
    // The core's text starts with the operator's name.
    const prefix = `${operatorName}: `;
    const text = errorText.startsWith(prefix) ? errorText.slice(prefix.length) : errorText;
    super(`${text} in operator ${operatorName} (error ${errorCode})`);
  }

  GetErrorCode(): number {
    return this.errorCode;
  }

  GetErrorMessage(): string {
    return this.errorText;
  }
}
