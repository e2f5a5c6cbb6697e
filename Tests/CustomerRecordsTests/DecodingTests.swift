import CustomerRecords
import TestSupport
import Testing

@Suite("Sources are decompressed and decoded", .computing)
struct DecodingTests {
    private static let text =
        "name,age,cookie,banner_id\r\nŽofie Nová,25,c1,1\r\nEva \u{1D4D0},30,c2,2\r\n李,31,ž3,3\r\n"

    private func cookies(_ bytes: [UInt8], _ options: ReaderOptions = ReaderOptions(), chunk: Int = .max) throws
        -> [String]
    {
        try ReadOutcome(bytes, options: options, chunk: chunk).customers.map(\.cookie)
    }

    @Test("gzip is read as it is, whatever its members and chunks", arguments: [1, 7, 4096, .max])
    func gzip(chunk: Int) throws {
        let bytes = Array(Self.text.utf8)
        let plain = try ReadOutcome(bytes)
        for cut in [0, 1, 30, bytes.count - 1] {
            let compressed = EncodedBytes.gzip(Array(bytes[..<cut])) + EncodedBytes.gzip(Array(bytes[cut...]))
            let outcome = try ReadOutcome(compressed, chunk: chunk)
            #expect(outcome.batches == plain.batches && outcome.rejections == plain.rejections)
            #expect(outcome.dialect.decoding == SourceDecoding(isCompressed: true))
            #expect(outcome.notices[.compressed] != nil)
            // A tape fills its last block with zeros.
            #expect(try ReadOutcome(compressed + [0, 0, 0], chunk: chunk).batches == plain.batches)
        }
    }

    @Test("gzip that is cut off or damaged is an error behind what could be read")
    func cutOffGzip() throws {
        let rows = (0..<60_000).map { "Jan Novak,25,c\($0),1\n" }.joined()
        let compressed = EncodedBytes.gzip(Array(("name,age,cookie,banner_id\n" + rows).utf8))
        for bytes in [Array(compressed.dropLast(40)), Array(compressed.dropLast()), Array(compressed[..<900_000])] {
            let outcome = try ReadOutcome(bytes)
            #expect(outcome.fault?.kind == "cutOffCompression")
            #expect(outcome.customers.map(\.cookie) == (0..<outcome.customers.count).map { "c\($0)" })
            #expect(outcome.customers.count > 8000)
        }
        var damaged = compressed
        damaged[compressed.count - 8] ^= 1
        #expect(try ReadOutcome(damaged).fault?.kind == "damagedCompression")
        #expect(try ReadOutcome(compressed + [1, 2, 3]).fault?.kind == "damagedCompression")
        let error = SourceFormatError(.cutOffCompression(decompressed: 10), line: 1)
        #expect(error.message(for: "a.csv.gz").hasPrefix("a.csv.gz: the gzip data ends too early"))
    }

    @Test("UTF-16 with a byte order mark is read, compressed or not", arguments: [1, 3, 4096, .max])
    func utf16(chunk: Int) throws {
        let plain = try ReadOutcome(Self.text)
        for isBigEndian in [false, true] {
            let bytes = EncodedBytes.utf16(Self.text, isBigEndian: isBigEndian)
            for source in [bytes, EncodedBytes.gzip(bytes)] {
                let outcome = try ReadOutcome(source, chunk: chunk)
                #expect(outcome.customers == plain.customers && outcome.rejections.isEmpty)
                #expect(outcome.notices[.encoding]?.example == (isBigEndian ? "UTF-16BE" : "UTF-16LE"))
            }
        }
    }

    @Test("an odd byte at the end of UTF-16 does no harm when it is a line end, and costs its record otherwise")
    func oddByte() throws {
        let bytes = EncodedBytes.utf16(Self.text)
        #expect(try cookies(bytes + [0x0A]) == ["c1", "c2", "ž3"])
        #expect(try cookies(Array(bytes.dropLast())) == ["c1", "c2", "ž3"])
        let cut = try ReadOutcome(Array(bytes.dropLast(5)))
        #expect(cut.customers.map(\.cookie) == ["c1", "c2"])
        #expect(cut.messages == [4: "the file is cut off inside a character of column 4; copy or export it again"])
        #expect(cut.notices[.cutOff]?.example == "line 4" && cut.notices[.notText] == nil)
        // With the high byte first, a zero is half of a Latin letter that is cut off, unless a line has just ended.
        let high = EncodedBytes.utf16("name,age,cookie,banner_id\na,25,c1,1\nb,25,c2,1", isBigEndian: true)
        #expect(try cookies(high) == ["c1", "c2"])
        #expect(try cookies(high + [0]) == ["c1"])
        #expect(try cookies(high + [0, 0x0A, 0]) == ["c1", "c2"])
        // Half of a pair of surrogates.
        let lone =
            EncodedBytes.utf16("name,age,cookie,banner_id\na,25,c") + [0x00, 0xD8]
            + EncodedBytes.utf16(",1\nb,25,d,2").dropFirst(2)
        let whole = try ReadOutcome(lone)
        #expect(whole.customers.map(\.cookie) == ["d"] && whole.notices[.cutOff] == nil)
        #expect(whole.messages == [2: "a character in column 3 is not valid UTF-16LE"])
        // The same at the end: the other half is cut off. The record with it is not counted as text of another encoding.
        let half = try ReadOutcome(lone + EncodedBytes.utf16("\na,25,c,1").dropFirst(2) + [0x00, 0xD8])
        #expect(half.messages[4]?.hasPrefix("the file is cut off") == true)
        #expect(half.notices[.cutOff]?.example == "line 4" && half.notices[.notText]?.count == 1)
    }

    @Test("text of any encoding that ends inside a character is cut off, compressed or not")
    func cutOffCharacter() throws {
        let rows = Array("name,age,cookie,banner_id\nJan,25,c,1\nEva,26,d,2".utf8) + [0x82]
        for source in [rows, EncodedBytes.gzip(rows)] {
            let outcome = try ReadOutcome(source, options: ReaderOptions(encoding: "shift_jis"))
            #expect(outcome.customers.map(\.cookie) == ["c"])
            #expect(outcome.messages[3]?.hasPrefix("the file is cut off") == true)
            #expect(outcome.notices[.cutOff] != nil && outcome.notices[.notText] == nil)
        }
        // UTF-8 has no such end: the byte itself is named.
        let plain = try ReadOutcome(Array("name,age,cookie,banner_id\nJan,25,c,1".utf8) + [0xFE])
        #expect(plain.notices[.cutOff] == nil && plain.notices[.notText]?.count == 1)
    }

    @Test("other encodings are read by their name")
    func named() throws {
        let text = "name;age;cookie;banner_id\r\nJosé Müller;25;c1;1\r\nAnna Smith;30;c2;2\r\n"
        let options = ReaderOptions(encoding: "windows-1252")
        let outcome = try ReadOutcome(EncodedBytes.latin1(text), options: options)
        #expect(outcome.customers.map(\.name) == ["José Müller", "Anna Smith"])
        #expect(outcome.notices[.encoding]?.example == "windows-1252")
        // A byte order mark knows better.
        #expect(try ReadOutcome("\u{FEFF}" + text, options: options).customers.map(\.name).first == "José Müller")
        // 0x81 is not a character of it.
        let damaged = try ReadOutcome(EncodedBytes.latin1(text.replacing("José", with: "Jos\u{81}")), options: options)
        #expect(damaged.messages == [2: "a character in column 1 is not valid windows-1252"])
        #expect(damaged.customers.map(\.cookie) == ["c2"])
        let wide = Array(EncodedBytes.utf16(text).dropFirst(2))
        #expect(try cookies(wide, ReaderOptions(encoding: "UTF-16LE")) == ["c1", "c2"])
        #expect(try cookies(wide, ReaderOptions(encoding: "utf-16")) == ["c1", "c2"])
        #expect(try cookies(Array(text.utf8), ReaderOptions(encoding: "utf8")) == ["c1", "c2"])
    }

    @Test("names of encodings are known to the C library, and can't change how it converts")
    func names() {
        for name in ["UTF-8", "utf8", "windows-1250", "ISO-8859-2", "macintosh", "UTF-16", "UTF-32", "SHIFT_JIS"] {
            #expect(TextEncodings.isKnown(name), "\(name)")
        }
        for name in ["", "klingon", "UTF-8//IGNORE", "a b"] { #expect(!TextEncodings.isKnown(name)) }
    }

    @Test("padding at the end is dropped, and text between is not", arguments: [1, 2, 5, .max])
    func padding(chunk: Int) throws {
        let rows = "name,age,cookie,banner_id\nJan Novak,25,c1,1\n"
        for end in ["\u{1A}", "\0", "\u{1A}\0\0\0", "\u{1A}\r\n", "\0\n\0\n", "\u{1A}\u{1A}\u{1A} "] {
            let outcome = try ReadOutcome(rows + end, chunk: chunk)
            #expect(outcome.customers.count == 1 && outcome.rejections.isEmpty)
            #expect(try ReadOutcome(String(rows.dropLast()) + end, chunk: chunk).customers.count == 1)
            let between = try ReadOutcome(rows + end + "\nEva,30,c2,2\n", chunk: chunk)
            #expect(between.customers.map(\.cookie) == ["c1", "c2"])
            #expect(!between.rejections.isEmpty)
        }
        let many = Array((rows + String(repeating: "Jan Novak,25,c1,1\n", count: 300)).utf8)
        let long = try ReadOutcome(many + [UInt8](repeating: 0, count: 1_000_000))
        #expect(long.customers.count == 301 && long.rejections.isEmpty)
        // Held back and then given: the line is too long for a record, and counted once.
        let tail = [UInt8](repeating: 0, count: 1_000_000) + Array("\nEva,30,c2,2\n".utf8)
        let back = try ReadOutcome(many + tail)
        #expect(back.customers.last?.cookie == "c2" && back.customers.count == 302 && back.rejections.count == 1)
    }

    @Test("stretches of a decoded source are those of its text")
    func stretches() throws {
        let text = Array(String(repeating: Self.text, count: 5000).utf8)
        let compressed = EncodedBytes.gzip(text)
        let stretches = try DecodedStretches(decoding: SourceDecoding(isCompressed: true)) {
            MemorySource(compressed, chunk: 1000)
        }
        // The last two were given before.
        for (start, end) in [
            (0, 10), (10, 1000), (200_000, 300_000), (300_000, text.count), (200_000, 250_000), (0, text.count),
        ] {
            var stretch = try stretches.stretch(from: start, to: end)
            var found: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 777)
            while case let count = try buffer.withUnsafeMutableBytes({ try stretch.read(into: $0) }), count > 0 {
                found += buffer[..<count]
            }
            let isThatPart = found == Array(text[start..<end])
            #expect(isThatPart, "\(start) to \(end)")
        }
    }
}
