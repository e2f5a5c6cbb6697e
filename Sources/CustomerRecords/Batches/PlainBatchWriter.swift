import NIOCore

/// Writes plain records straight into the memory of a batch.
///
/// Invariant for its unsafe writes: `scan` reserves, for the most records that the stretch accepts, what one record
/// needs at most, and each write advances by no more than that; what a write of whole vectors puts behind its record
/// lies in the reserved slack and is overwritten by the next one.
struct PlainBatchWriter: PlainRecordWriter {
    /// At most 48 bytes of a plain record are its cookie.
    private static let maximumStoredBytes = PlainStretch.longestRecord - 1
    private static let maximumBodyBytes = 18 + 48 + 13 + 4
    private static let slack = PlainStretch.longestRecord

    private let body: UnsafeMutableRawPointer
    private let stored: UnsafeMutableRawPointer
    private let entries: UnsafeMutablePointer<RecordBatch.Entry>
    /// Bytes in the buffers before the memory that is written.
    private let bodyBase: Int
    private let storedBase: Int

    private var bodyCount = 0
    private var storedCount = 0
    private var count = 0

    private let itemStart: ByteVector
    private let itemMiddle: ByteVector

    private init(
        body: UnsafeMutableRawPointer, stored: UnsafeMutableRawPointer,
        entries: UnsafeMutablePointer<RecordBatch.Entry>, bodyBase: Int, storedBase: Int
    ) {
        self.body = body
        self.stored = stored
        self.entries = entries
        self.bodyBase = bodyBase
        self.storedBase = storedBase
        // The first has 16 bytes and the two below; the second is filled up to a whole vector.
        let start: StaticString = #"{"VisitorCookie""#
        let middle: StaticString = #"","BannerId":..."#
        itemStart = ByteVector(at: start.utf8Start)
        itemMiddle = ByteVector(at: middle.utf8Start)
    }

    /// Runs the scan into the buffers and returns the number of records accepted.
    static func scan(
        _ stretch: inout PlainStretch, in bytes: UnsafeRawBufferPointer, body: inout ByteBuffer,
        stored: inout ByteBuffer, entries: inout [RecordBatch.Entry], from first: Int
    ) -> Int {
        let bodyBase = body.writerIndex
        let storedBase = stored.writerIndex
        entries.withUnsafeMutableBufferPointer { entries in
            _ = body.writeWithUnsafeMutableBytes(
                minimumWritableBytes: stretch.maximumRecords * maximumBodyBytes + slack
            ) {
                body in
                var bodyCount = 0
                stored.writeWithUnsafeMutableBytes(
                    minimumWritableBytes: stretch.maximumRecords * maximumStoredBytes + slack
                ) {
                    stored in
                    // The room that was asked for is there, so none of these is empty.
                    var writer = PlainBatchWriter(
                        body: body.baseAddress!, stored: stored.baseAddress!, entries: entries.baseAddress! + first,
                        bodyBase: bodyBase, storedBase: storedBase)
                    stretch.scan(bytes, into: &writer)
                    bodyCount = writer.bodyCount
                    return writer.storedCount
                }
                return bodyCount
            }
        }
        return stretch.accepted
    }

    @inline(__always)
    mutating func write(
        _ record: UnsafeRawPointer, length: Int, cookie: UnsafeRawPointer, cookieLength: Int, age: Int, bannerID: Int,
        line: Int
    ) {
        let copy = stored + storedCount
        for offset in stride(from: 0, to: ByteBlock.count, by: ByteVector.count) {
            ByteVector(at: record + offset).store(to: copy + offset)
        }
        if length > ByteBlock.count {
            for offset in stride(from: ByteBlock.count, to: PlainStretch.longestRecord, by: ByteVector.count) {
                ByteVector(at: record + offset).store(to: copy + offset)
            }
        }
        storedCount += length

        var item = body + bodyCount
        itemStart.store(to: item)
        item.storeBytes(of: Self.word(":", "\""), toByteOffset: 16, as: UInt16.self)
        item += 18
        for offset in stride(from: 0, to: 48, by: ByteVector.count) {
            ByteVector(at: cookie + offset).store(to: item + offset)
        }
        item += cookieLength
        itemMiddle.store(to: item)
        item += 13
        let end = UInt32(Self.word("}", ","))
        let ones = UInt32(bannerID % 10) + UInt32(UInt8.zero)
        let tens = UInt32(bannerID / 10) + UInt32(UInt8.zero)
        let number = bannerID >= 10 ? tens | ones << 8 | end << 16 : ones | end << 8
        item.storeBytes(of: number.littleEndian, as: UInt32.self)
        item += bannerID >= 10 ? 4 : 3
        bodyCount = item - body

        entries[count] = RecordBatch.Entry(
            stored: UInt32(truncatingIfNeeded: storedBase + storedCount),
            body: UInt32(truncatingIfNeeded: bodyBase + bodyCount - 1), line: line)
        count += 1
    }

    /// Two characters as they follow each other in memory, before the byte order of the machine.
    @inline(__always)
    private static func word(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> UInt16 {
        UInt16(UInt8(ascii: first)) | UInt16(UInt8(ascii: second)) << 8
    }
}
