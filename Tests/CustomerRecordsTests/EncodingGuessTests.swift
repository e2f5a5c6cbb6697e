import CustomerRecords
import Testing

@Suite("An encoding is named when the text says which, and not when it doesn't")
struct EncodingGuessTests {
    private func guess(_ names: [String], as encoding: String, title: String = "") throws -> ReadOutcome {
        let rows = names.enumerated().map { "\($1),\(20 + $0 % 60),cookie-\($0),\($0 % 100)\n" }.joined()
        return try ReadOutcome(
            Array("name,age,cookie,banner_id\n".utf8) + encoded(rows, as: encoding), options: ReaderOptions())
    }

    @Test(
        "of names in each writing",
        arguments: [
            ("CP1252", "Windows-1252", ["Jürgen Groß", "José Peña", "François Lefèvre", "Søren Ærø", "Zoë Núñez"]),
            ("CP1250", "Windows-1250", ["Jiří Dvořák", "Tomáš Novák", "Zdeněk Šťastný", "Łukasz Wiśniewski"]),
            ("CP1251", "Windows-1251", ["Иван Петров", "Мария Соколова", "Юрий Щербаков", "ОЛЬГА ИВАНОВА"]),
            ("KOI8-R", "KOI8-R", ["Иван Петров", "Мария Соколова", "Юрий Щербаков", "Анна Кузнецова"]),
            ("MACINTOSH", "Mac Roman", ["Jürgen Groß", "José Peña", "François Lefèvre", "Zoë Núñez"]),
            ("CP1253", "Windows-1253", ["Γιώργος Παπαδόπουλος", "Μαρία Νικολάου", "Ιωάννης Δημητρίου"]),
            ("CP1254", "Windows-1254", ["Gülşen Yılmaz", "İbrahim Çelik", "Ayşe Öztürk", "Uğur Işık"]),
            ("CP1255", "Windows-1255", ["שרה כהן", "יוסף לוי", "רחל מזרחי", "אברהם פרץ"]),
            ("CP1256", "Windows-1256", ["محمد علي", "فاطمة حسن", "عبد الرحمن", "مريم يوسف"]),
            ("CP1257", "Windows-1257", ["Jānis Bērziņš", "Līga Ozoliņa", "Kārlis Kalniņš", "Gintarė Šimkutė"]),
            ("CP932", "Shift JIS", ["田中太郎", "佐藤花子", "鈴木一郎", "高橋さくら", "ワタナベ"]),
            ("EUC-JP", "EUC-JP", ["田中たろう", "佐藤はなこ", "鈴木イチロー", "高橋さくら"]),
            ("GB18030", "GB 18030", ["王小明", "李娜", "张伟", "刘洋", "陈静", "赵秀英"]),
            ("BIG5", "Big5", ["陳志明", "林淑芬", "黃建國", "張雅婷", "李家豪"]),
            ("EUC-KR", "EUC-KR", ["김민수", "이지영", "박서준", "최현우", "정유진"]),
        ])
    func known(encoding: String, label: String, names: [String]) throws {
        let outcome = try guess(names, as: encoding)
        #expect(outcome.customers.isEmpty && outcome.reasons.count == names.count)
        let notice = try #require(outcome.notices[.notText])
        #expect(notice.example == "the file looks like \(label)")
        #expect(outcome.messages.values.allSatisfy { $0.contains("looks like \(label), see --encoding") })
        let read = try #require(EncodingGuess.allCases.first { $0.label == label })
        var options = ReaderOptions()
        options.encoding = read.rawValue
        let again = try ReadOutcome(
            Array("name,age,cookie,banner_id\n".utf8)
                + encoded(names.map { "\($0),30,c,1\n" }.joined(), as: encoding), options: options)
        #expect(again.customers.map(\.name) == names, "what is advised reads it")
    }

    @Test(
        "but none where bytes are no words in any encoding, or where several read them",
        arguments: [
            [[UInt8]]([[0xFF, 0xFE, 0xFD], [0xF8, 0x80, 0xC0]]),
            // The Thai name มานี, and the same word in the code page of DOS.
            [[0xC1, 0xD2, 0xB9, 0xD5]], [[0x4A, 0x82, 0x72, 0x93, 0x6D, 0x65]],
        ])
    func unknown(names: [[UInt8]]) throws {
        let rows = names.flatMap { $0 + Array(",30,c,1\n".utf8) }
        let outcome = try ReadOutcome(Array("name,age,cookie,banner_id\n".utf8) + rows, options: ReaderOptions())
        let message = try #require(outcome.messages[2])
        #expect(message.hasSuffix("is not UTF-8; export the file as UTF-8, or specify its encoding with --encoding"))
        #expect(outcome.notices[.notText]?.text.contains("specify its encoding with --encoding") == true)
    }

    @Test("the first record alone doesn't decide: what follows it is looked at, too")
    func lookahead() throws {
        // Müller reads the same in both; the other names only in one.
        let outcome = try guess(["Müller", "Dvořák", "Šťastný", "Jiří"], as: "CP1250")
        #expect(outcome.messages[2]?.contains("looks like Windows-1250") == true)
    }

    @Test("damaged records in a file that is UTF-8 further down name no encoding")
    func mostlyUTF8() throws {
        // The beginning, by which a file is known, is ASCII only.
        let plain = (0..<4000).map { "Jan Novak,30,cookie-\($0),1\n" }.joined()
        var bytes = Array(("name,age,cookie,banner_id\n" + plain).utf8)
        bytes += Array("Jan,30,Andr".utf8) + [0xE9] + Array(",1\n".utf8)
        bytes += Array((0..<40).map { "Zoë,30,c\($0),1\n" }.joined().utf8)
        let outcome = try ReadOutcome(bytes, options: ReaderOptions())
        #expect(outcome.customers.count == 4040)
        #expect(outcome.messages[4002]?.contains("looks like") == false)
    }
}
