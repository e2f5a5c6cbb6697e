import CustomerRecords
import Foundation

/// Keys as the journal stores them.
extension [DeliveryKey] {
    init(bytes: Data) {
        self.init(unsafeUninitializedCapacity: bytes.count / DeliveryKey.size) { buffer, count in
            count = bytes.count / DeliveryKey.size
            _ = bytes.copyBytes(to: UnsafeMutableRawBufferPointer(buffer), count: count * DeliveryKey.size)
        }
    }

    var bytes: Data { withUnsafeBytes { Data($0) } }
}

extension DeliverySecret {
    init(bytes: [UInt8]) {
        let words = bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count - 7, by: 8).map {
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
            }
        }
        self.init(first: words.first ?? 0, second: words.last ?? 0)
    }

    var bytes: [UInt8] {
        [first, second].flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
    }
}
