import DurableFiles
import Foundation
import SystemPackage
import Testing

@Suite("A file that is written under another name first")
struct FileDraftTests {
    private final class Folder {
        let path = FilePath(FileManager.default.temporaryDirectory.path).appending("draft-\(UUID().uuidString)")
        var file: FilePath { path.appending("file") }
        var draft: FilePath { path.appending("file.tmp") }

        init() throws {
            try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: false)
        }
        deinit { try? FileManager.default.removeItem(atPath: path.string) }

        var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path.string)) ?? []).sorted() }
        var text: String? {
            FileManager.default.contents(atPath: file.string).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test(
        "takes its place whole, with its mode, and replaces what lay there",
        arguments: [FileDraft.Durability.nothing, .content, .contentAndName])
    func committed(_ durability: FileDraft.Durability) throws {
        let folder = try Folder()
        for text in ["first", "second"] {
            let draft = try FileDraft(of: folder.file, as: folder.draft, mode: [.ownerReadWrite, .groupRead])
            try draft.write(Array(text.utf8))
            #expect(folder.text != text)
            try draft.commit(durability)
            #expect(folder.text == text && folder.names == ["file"])
        }
        var status = stat()
        #expect(stat(folder.file.string, &status) == 0 && status.st_mode & 0o777 == 0o640)
    }

    @Test("leaves nothing without a commit, and what was there as it was")
    func abandoned() throws {
        let folder = try Folder()
        try Data("old".utf8).write(to: URL(filePath: folder.file.string))
        do {
            let draft = try FileDraft(of: folder.file, as: folder.draft)
            try draft.write(Array("new".utf8))
            #expect(folder.names == ["file", "file.tmp"])
        }
        #expect(folder.text == "old" && folder.names == ["file"])
    }

    @Test("what a killed process left under its name is replaced, and a link there is not followed")
    func left() throws {
        let folder = try Folder()
        let elsewhere = folder.path.appending("elsewhere")
        try Data("theirs".utf8).write(to: URL(filePath: elsewhere.string))
        try FileManager.default.createSymbolicLink(atPath: folder.draft.string, withDestinationPath: elsewhere.string)
        let draft = try FileDraft(of: folder.file, as: folder.draft)
        try draft.write(Array("ours".utf8))
        try draft.commit(.content)
        #expect(folder.text == "ours" && folder.names == ["elsewhere", "file"])
        #expect(FileManager.default.contents(atPath: elsewhere.string) == Data("theirs".utf8))
    }

    @Test("a place that can't be taken is an error, and leaves no draft")
    func refused() throws {
        let folder = try Folder()
        try FileManager.default.createDirectory(atPath: folder.file.string, withIntermediateDirectories: false)
        do {
            let draft = try FileDraft(of: folder.file, as: folder.draft)
            #expect(throws: Errno.self) { try draft.commit(.content) }
        }
        #expect(folder.names == ["file"])
    }
}
