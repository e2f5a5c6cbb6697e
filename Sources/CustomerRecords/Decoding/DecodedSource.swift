/// A source's text as UTF-8: decompressed, converted, and without the padding at its end.
///
/// Plain UTF-8 goes from the source into the reader's buffer as it is.
struct DecodedSource<Source: ByteSource>: ByteSource {
    /// Enough to know the kinds of files, and no more than an upload shows before it is taken.
    private static var headSize: Int { 64 << 10 }
    /// With what changes the state of an encoding before it.
    private static var longestCharacter: Int { 64 }

    private var source: Source
    /// Bytes that were looked at, and are given again.
    private var rawHead = Pushback()
    private var decompressedHead = Pushback()
    private var text = Pushback()
    private var padding = Padding()
    private let dropsPadding: Bool
    private var inflater: Inflater?
    private var converter: TextConverter?
    private var utf16: UTF16Converter?

    /// How the bytes become text.
    private(set) var decoding = SourceDecoding()

    /// Text that was decoded before, or that needs no decoding.
    init(text source: Source, dropsPadding: Bool) {
        self.source = source
        self.dropsPadding = dropsPadding
    }

    /// A source from its beginning, whose way of decoding is known.
    init(_ source: Source, decoding: SourceDecoding) throws(SourceFormatError) {
        self.source = source
        dropsPadding = true
        self.decoding = decoding
        if decoding.isCompressed { inflater = try Inflater() }
        try beginText(decoding.encoding)
    }

    /// Looks at the first bytes and prepares for what they are.
    ///
    /// - Parameter encoding: the encoding that the sender names. A byte order mark outweighs it.
    /// - Throws: `SourceFormatError` when the source is not text, and what the source throws.
    mutating func detect(encoding: String?) throws {
        var head = try readHead { source, buffer in try source.readRaw(into: buffer) }
        rawHead = Pushback(head)
        try Self.check(head)
        if head.starts(with: [0x1F, 0x8B, 0x08]) {
            decoding.isCompressed = true
            inflater = try Inflater()
            head = try readHead { source, buffer in try source.readDecompressed(into: buffer) }
            decompressedHead = Pushback(head)
            if head.starts(with: [0x1F, 0x8B]) { throw SourceFormatError(.notCSV(.gzipTwice), line: 1) }
            try Self.check(head)
        }
        decoding.encoding = try Self.encoding(of: head, named: encoding)
        try beginText(decoding.encoding)
    }

    private static func check(_ head: [UInt8]) throws(SourceFormatError) {
        if let kind = FileKind(bytes: head) { throw SourceFormatError(.notCSV(kind), line: 1) }
    }

    private static func encoding(of head: [UInt8], named name: String?) throws(SourceFormatError) -> String? {
        if head.starts(with: [0xFF, 0xFE, 0, 0]) || head.starts(with: [0, 0, 0xFE, 0xFF]) {
            return "UTF-32"
        }
        if head.starts(with: [0xFF, 0xFE]) { return TextEncodings.utf16LittleEndian }
        if head.starts(with: [0xFE, 0xFF]) { return TextEncodings.utf16BigEndian }
        if head.starts(with: [0xEF, 0xBB, 0xBF]) { return nil }
        guard let name else {
            if let wide = WideText(head) { throw SourceFormatError(.unmarkedWideText(wide.rawValue), line: 1) }
            return nil
        }
        let encoding = EncodingName(name)
        if encoding.isUTF8 { return nil }
        if encoding.isUTF16 {
            return WideText(head) == .utf16BigEndian
                ? TextEncodings.utf16BigEndian : TextEncodings.utf16LittleEndian
        }
        guard let resolved = encoding.resolved, TextEncodings.isKnown(name) else {
            throw SourceFormatError(.unknownEncoding(name), line: 1)
        }
        return resolved
    }

    private mutating func beginText(_ encoding: String?) throws(SourceFormatError) {
        switch encoding {
        case nil: break
        case TextEncodings.utf16LittleEndian: utf16 = UTF16Converter(isBigEndian: false)
        case TextEncodings.utf16BigEndian: utf16 = UTF16Converter(isBigEndian: true)
        case let name?:
            converter = TextConverter(name)
            guard converter != nil else { throw SourceFormatError(.unknownEncoding(name), line: 1) }
        }
    }

    private mutating func readHead(
        _ read: (inout Self, UnsafeMutableRawBufferPointer) throws -> Int
    ) throws -> [UInt8] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.headSize, alignment: 16)
        defer { buffer.deallocate() }
        var filled = 0
        while filled < buffer.count {
            let count = try read(&self, UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            if count == 0 { break }
            filled += count
        }
        return Array(buffer[..<filled])
    }

    // MARK: Reading

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard dropsPadding else { return try readText(into: buffer) }
        while true {
            if padding.isReleased { return padding.give(into: buffer) }
            let count = try readText(into: buffer)
            if count == 0 { return 0 }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            guard padding.isEmpty || Padding.isOnly(bytes) else {
                // What looked like padding is not at the end: it goes before what was just read.
                text = Pushback(Array(bytes) + text.rest)
                padding.release()
                continue
            }
            let kept = padding.isEmpty ? Padding.start(in: bytes) : 0
            let held = padding.hold(UnsafeRawBufferPointer(rebasing: bytes[kept...]))
            if kept + held < count { text = Pushback(Array(bytes[(kept + held)...]) + text.rest) }
            if kept > 0 { return kept }
        }
    }

    /// Reads with the padding at the end.
    mutating func readText(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if !text.isEmpty { return text.give(into: buffer) }
        if buffer.count < Self.longestCharacter, utf16 != nil || converter != nil {
            // Converters write whole characters only.
            let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
            defer { room.deallocate() }
            text = Pushback(Array(room[..<(try readText(into: room))]))
            return text.give(into: buffer)
        }
        if let utf16 { return try utf16.read(into: buffer) { try readDecompressed(into: $0) } }
        if let converter { return try converter.read(into: buffer) { try readDecompressed(into: $0) } }
        return try readDecompressed(into: buffer)
    }

    private mutating func readDecompressed(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if !decompressedHead.isEmpty { return decompressedHead.give(into: buffer) }
        if let inflater { return try inflater.read(into: buffer) { try readRaw(into: $0) } }
        return try readRaw(into: buffer)
    }

    private mutating func readRaw(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        rawHead.isEmpty ? try source.read(into: buffer) : rawHead.give(into: buffer)
    }
}

extension DecodedSource: Sendable where Source: Sendable {}

/// Bytes that were read too early and are given again.
private struct Pushback {
    private var bytes: [UInt8] = []
    private var offset = 0

    init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    var isEmpty: Bool { offset == bytes.count }
    var rest: ArraySlice<UInt8> { bytes[offset...] }

    mutating func give(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - offset)
        buffer.copyBytes(from: bytes[offset..<(offset + count)])
        offset += count
        if isEmpty { self = Pushback() }
        return count
    }
}
