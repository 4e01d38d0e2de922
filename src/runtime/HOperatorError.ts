// What a failed operator throws: code, operator, number of the control parameter (0: none) and text from the core.

export class HOperatorError extends Error {
  override readonly name = 'HOperatorError';

  constructor(
    readonly errorCode: number,
    readonly operatorName: string,
    readonly parameter: number,
    readonly errorText: string,
  ) {
    super(`${errorText} in operator ${operatorName} (error ${errorCode})`);
  }

  GetErrorCode(): number {
    return this.errorCode;
  }

  GetErrorMessage(): string {
    return this.errorText;
  }
}
