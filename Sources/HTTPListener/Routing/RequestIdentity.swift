import NIOHTTP1
import Synchronization

/// What a request is called in logs: the client's `X-Request-Id` if it is a proper one, otherwise one of ours.
enum RequestIdentity {
    /// Steps by a fixed odd number from a random one: each comes once, and asks the system for nothing.
    private static let newest = Atomic(UInt64.random(in: 0 ... .max))
    private static let step: UInt64 = 0x9e37_79b9_7f4a_7c15
    private static let digits = Array("0123456789abcdef".utf8)

    static func id(_ headers: HTTPHeaders) -> String {
        if let given = headers.first(name: "x-request-id"), isProper(given) { return given }
        var number = newest.wrappingAdd(step, ordering: .relaxed).newValue
        return String(unsafeUninitializedCapacity: 16) { buffer in
            for index in 0..<16 {
                buffer[index] = digits[Int(number & 15)]
                number >>= 4
            }
            return 16
        }
    }

    /// `traceparent` as W3C has it.
    static func trace(_ headers: HTTPHeaders) -> String? {
        guard let given = headers.first(name: "traceparent"), given.utf8.count == 55,
            given.utf8.allSatisfy({ digits.contains($0) || $0 == UInt8(ascii: "-") })
        else { return nil }
        return given
    }

    private static func isProper(_ id: String) -> Bool {
        (1...128).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    }
}
