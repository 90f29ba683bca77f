import TestSupport
import Testing

/// The stand-in itself: what tests of scripts rely on.
@Suite struct GcloudTests {
    @Test func `it keeps what it was asked, and stdin where an argument says so`() throws {
        let gcloud = try Gcloud(answers: "[[ $1 != fail ]] || return 3; echo \"$# words\"")
        let run = try gcloud.run("echo 'a \"secret\"' | gcloud secrets add --data-file=-; gcloud a 'b c'")
        #expect(run.lines == ["3 words", "2 words"])
        #expect(try gcloud.run("echo unread | gcloud fail").status == 3)
        #expect(
            try gcloud.calls == [
                Gcloud.Call(args: ["secrets", "add", "--data-file=-"], stdin: "a \"secret\"\n"),
                Gcloud.Call(args: ["a", "b c"], stdin: nil), Gcloud.Call(args: ["fail"], stdin: nil),
            ])
    }
}
