import DeliveryModel
import NIOCore
import Testing

@testable import HTTPListener

@Suite("The multipart parser")
struct MultipartParserTests {
    /// What a form comes to, however it was cut.
    enum Piece: Hashable {
        case part(MultipartPartHeader, [UInt8])
        case end
    }

    static func parse(_ chunks: [[UInt8]], boundary: String) throws -> [Piece] {
        var parser = MultipartParser(boundary: try #require(MultipartBoundary(boundary)))
        var pieces: [Piece] = []
        var header: MultipartPartHeader?
        var data: [UInt8] = []
        for chunk in chunks {
            parser.append(ByteBuffer(bytes: chunk))
            while let event = try parser.next() {
                switch event {
                case .part(let part): (header, data) = (part, [])
                case .data(let bytes):
                    #expect(bytes.readableBytes > 0)
                    data += bytes.readableBytesView
                case .partEnd: pieces.append(.part(try #require(header), data))
                case .end: pieces.append(.end)
                }
            }
        }
        try parser.finish()
        return pieces
    }

    static let form = Array(
        ("preamble\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n"
            + "Content-Type: text/csv\r\n\r\nname,age\r\n--bx\r\n--\r\n-\r\r\n\r\n--b"
            + " \t\r\ncontent-disposition: form-data; name=min_age\r\n\r\n\r\n--b--trailing\r\n--b\r\nepilogue").utf8)

    @Test("the same parts come out wherever a form is cut in two")
    func everySplit() throws {
        let whole = try Self.parse([Self.form], boundary: "b")
        #expect(
            whole == [
                .part(
                    MultipartPartHeader(name: "file", fileName: "a.csv", contentType: "text/csv"),
                    Array("name,age\r\n--bx\r\n--\r\n-\r\r\n".utf8)),
                .part(MultipartPartHeader(name: "min_age"), []),
                .end,
            ])
        for split in 0...Self.form.count {
            #expect(
                try Self.parse([Array(Self.form[..<split]), Array(Self.form[split...])], boundary: "b") == whole,
                "cut at \(split)")
        }
        #expect(try Self.parse(Self.form.map { [$0] }, boundary: "b") == whole)
    }

    @Test("random forms in random cuts come out as a slow parser of the whole text reads them", arguments: 0..<300)
    func fuzz(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("\r\n-bB x".utf8)
        var body: [UInt8] = Array("--bB".utf8)
        for _ in 0..<random.number(1...4) {
            body += Array("\r\nContent-Disposition: form-data; name=x\r\n\r\n".utf8)
            for _ in 0..<random.number(0...60) { body.append(alphabet[random.number(0...(alphabet.count - 1))]) }
            body += Array("\r\n--bB".utf8)
        }
        body += Array("--".utf8)

        let expected = try? Self.slow(body, boundary: "bB")
        var chunks: [[UInt8]] = []
        var rest = body[...]
        while !rest.isEmpty {
            let length = min(random.number(1...9), rest.count)
            chunks.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        let read = try? Self.parse(chunks, boundary: "bB")
        #expect(expected == read, "\(String(decoding: body, as: UTF8.self).debugDescription)")
    }

    /// Reads a whole form line by line, as the RFC's grammar has it.
    static func slow(_ body: [UInt8], boundary: String) throws -> [Piece] {
        let text = "\r\n" + String(decoding: body, as: UTF8.self)
        let delimiter = Array("\r\n--\(boundary)".unicodeScalars)
        let scalars = Array(text.unicodeScalars)
        // Every place where a delimiter stands, with its end, and whether it is the last.
        var marks: [(start: Int, end: Int, isLast: Bool)] = []
        var index = 0
        search: while index + delimiter.count <= scalars.count {
            if Array(scalars[index..<(index + delimiter.count)]) == delimiter {
                var after = index + delimiter.count
                if scalars[after...].starts(with: "--".unicodeScalars) {
                    marks.append((index, after + 2, true))
                    break search
                }
                while after < scalars.count, scalars[after] == " " || scalars[after] == "\t" { after += 1 }
                if scalars[after...].starts(with: "\r\n".unicodeScalars) {
                    // A header follows, up to its empty line; delimiters in it don't count.
                    marks.append((index, after + 2, false))
                    var line = after + 2
                    while line < scalars.count {
                        guard let end = scalars[line...].firstIndex(of: "\n") else { throw MultipartError.incomplete }
                        guard end > line, scalars[end - 1] == "\r" else { throw MultipartError.malformedHeader }
                        if end == line + 1 { break }
                        line = end + 1
                    }
                    index = line + 2
                    continue search
                }
            }
            index += 1
        }
        guard marks.last?.isLast == true else { throw MultipartError.incomplete }
        var pieces: [Piece] = []
        for (mark, next) in zip(marks, marks.dropFirst()) {
            var lines: [[UInt8]] = []
            var position = mark.end
            while true {
                let end = try #require(scalars[position...].firstIndex(of: "\n"))
                let line = scalars[position..<(end - 1)]
                position = end + 1
                if line.isEmpty { break }
                lines.append(Array(String(String.UnicodeScalarView(line)).utf8))
            }
            let data = scalars[position..<max(position, next.start)]
            pieces.append(
                .part(try MultipartPartHeader(lines: lines), Array(String(String.UnicodeScalarView(data)).utf8)))
        }
        return pieces + [.end]
    }

    @Test("a form without its last boundary is incomplete")
    func missingEnd() {
        for text in ["--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx", "--b\r\nContent-", "--b"] {
            #expect(throws: MultipartError.self) { try Self.parse([Array(text.utf8)], boundary: "b") }
        }
    }

    @Test("a form that does not begin is refused before it fills the memory")
    func endlessPreamble() {
        #expect(throws: MultipartError.noBoundary) {
            try Self.parse(Array(repeating: Array("no boundary here\r\n".utf8), count: 5000), boundary: "b")
        }
    }

    @Test("a header that does not end is refused before it fills the memory")
    func endlessHeader() {
        #expect(throws: MultipartError.headerTooLarge) {
            try Self.parse(
                [Array("--b\r\n".utf8)] + Array(repeating: Array("X-Header: value\r\n".utf8), count: 5000),
                boundary: "b")
        }
    }

    @Test(
        "headers that no client sends are refused",
        arguments: [
            "Content-Disposition: form-data\r\n", "Content-Disposition: attachment; name=a\r\n", "no colon\r\n",
            "Content-Disposition: form-data; name=a; name=b\r\n", "Content-Disposition: form-data; name=\"a\r\n",
            "Content-Disposition: form-data; name=a\n", " Content-Disposition: form-data; name=a\r\n",
            "Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n",
        ])
    func badHeaders(header: String) {
        #expect(throws: MultipartError.self) {
            try Self.parse([Array("--b\r\n\(header)\r\nx\r\n--b--".utf8)], boundary: "b")
        }
    }

    @Test(
        "file names come as clients write them",
        arguments: [
            (#"form-data; name="file"; filename="a \"b\" \\ c.csv""#, #"a "b" \ c.csv"#),
            (#"form-data; name="file"; filename="C:\data\t.csv""#, #"C:\data\t.csv"#),
            (#"form-data; name=file; filename=t.csv"#, "t.csv"),
            (#"form-data;name="file";filename="a;b=c.csv""#, "a;b=c.csv"),
            (#"form-data; name="file"; filename="x.csv"; filename*=UTF-8''%C5%BElu%C5%A5.csv"#, "žluť.csv"),
            (#"form-data; name="file"; filename="x.csv"; filename*=latin1''%E9.csv"#, "x.csv"),
            (#"FORM-DATA; NAME="file"; FileName="T.CSV""#, "T.CSV"),
            (#"form-data; name="file"; filename="""#, ""),
        ])
    func fileNames(field: String, name: String) throws {
        let header = try MultipartPartHeader(lines: [Array("Content-Disposition: \(field)".utf8)])
        #expect(header == MultipartPartHeader(name: "file", fileName: name))
    }

    @Test(
        "a boundary is read from the content type, quoted or not",
        arguments: [
            ("multipart/form-data; boundary=abc", "abc"),
            ("Multipart/Form-Data;charset=utf-8; Boundary=\"a b:c\"", "a b:c"),
            ("multipart/form-data; boundary=", nil), ("multipart/form-data", nil),
            ("multipart/form-data; boundary=\"abc", nil), ("multipart/mixed; boundary=abc", nil),
            ("multipart/form-data; boundary=a\u{e9}", nil), ("multipart/form-data; boundary=\"a \"", nil),
            ("multipart/form-data; boundary=" + String(repeating: "a", count: 71), nil),
        ])
    func boundaries(field: String, boundary: String?) {
        #expect(MultipartBoundary(contentType: field)?.text == boundary)
    }
}

extension SeededGenerator {
    fileprivate mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}
