/// Why a body is not a form.
enum MultipartError: Error, Hashable, CustomStringConvertible {
    case incomplete
    case noBoundary
    case malformedHeader
    case headerTooLarge
    case unnamedPart
    case encodedPart

    var description: String {
        switch self {
        case .incomplete: "The form ends before its last boundary."
        case .noBoundary: "The form does not begin with its boundary."
        case .malformedHeader: "The header of a part of the form is not valid."
        case .headerTooLarge: "The header of a part of the form is too large."
        case .unnamedPart: "A part of the form has no name."
        case .encodedPart: "A part of the form has a transfer encoding."
        }
    }
}
