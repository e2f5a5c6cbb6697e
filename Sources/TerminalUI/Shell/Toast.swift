import Foundation

/// A short message that goes by itself.
struct Toast: Hashable, Sendable {
    enum Kind: Hashable, Sendable { case good, info, warning, bad }

    var kind: Kind
    var text: String
    var until: Date
}
