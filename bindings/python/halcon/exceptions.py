"""What the package raises."""


class HError(Exception):
    """Base of all errors of this package."""


class HOperatorError(HError):
    """An operator returned an error."""

    def __init__(self, error_code, operator, message, extended_error_message=""):
        self.error_code = error_code
        self.operator = operator
        self.message = message
        self.extended_error_code = error_code
        self.extended_error_message = extended_error_message
        super().__init__(f"{message}: {extended_error_message}" if extended_error_message else message)


class HTupleConversionError(HError):
    """A Python value cannot become a tuple, or a tuple does not have the one value that is wanted."""


class HInteropError(HError):
    """An array of another package cannot become an image, or the reverse."""
