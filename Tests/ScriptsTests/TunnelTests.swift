import Foundation
import TestServer
import TestSupport
import Testing

/// scripts/development/api-gateway-tunnel.sh, by the gcloud stand-in: an instance is a file, a tunnel blocks on a pipe.
@Suite struct TunnelTests {
    private static let start = """
        $scripts/development/api-gateway-tunnel.sh start --project p --zone z-a --gateway gw.internal --port $port
        """
    /// For a shell: waits for what a script does meanwhile, ten seconds at most.
    private static let waiting = """
        await() { local try; for ((try = 0; try < 1000; try++)); do "$@" && return; sleep 0.01; done; return 1; }
        ended() { ! kill -0 "$1" 2>/dev/null; }

        """

    @Test(arguments: [("INT", 130), ("TERM", 143), ("HUP", 129)])
    func `a signal ends the tunnel and deletes the instance, once`(signal: String, status: Int32) throws {
        let gcloud = try TunnelTests.gcloud(ssh: "echo $$ >tunnel; mkfifo hold; read -r <hold")
        let line =
            TunnelTests.waiting + """
                set -m; rm -f hold; \(TunnelTests.start) & run=$!
                await test -s tunnel
                kill -\(signal) $run; wait $run; status=$?
                await ended "$(cat tunnel)" || status=ssh
                rm tunnel; [[ ! -e instance ]] && exit $status
                """
        for _ in 1...2 {
            try gcloud.forget()
            let run = try gcloud.run(line)
            #expect(run.status == status && run.output.isEmpty, "\(run.words)")
            #expect(
                try gcloud.calls.map { $0.args.prefix(3).joined(separator: " ") } == [
                    "auth list --filter=status:ACTIVE", "compute instances describe", "compute instances create",
                    "compute ssh backfill-tunnel", "compute instances delete",
                ])
        }
        #expect(
            try gcloud.calls.suffix(3).map(\.line) == [
                """
                compute instances create backfill-tunnel --project=p --zone=z-a --machine-type=e2-micro \
                --image-family=debian-12 --image-project=debian-cloud --network=default --no-address \
                --no-service-account --no-scopes --shielded-secure-boot --shielded-vtpm \
                --shielded-integrity-monitoring --metadata=enable-oslogin=TRUE \
                --labels=purpose=activity-backfill-tunnel --max-run-duration=8h --instance-termination-action=DELETE
                """,
                """
                compute ssh backfill-tunnel --project=p --zone=z-a --tunnel-through-iap --quiet -- -N \
                -L 127.0.0.1:\(TunnelTests.refusing.port):gw.internal:443 -o ExitOnForwardFailure=yes -o ServerAliveInterval=30
                """,
                "compute instances delete backfill-tunnel --project=p --zone=z-a --quiet",
            ])
    }

    @Test func `^C while the instance is being made deletes what there may be`() throws {
        let gcloud = try TunnelTests.gcloud(create: "touch instance begun; mkfifo hold; read -r <hold", ssh: "")
        // To the whole group, as from a terminal.
        let run = try gcloud.run(
            TunnelTests.waiting + """
                set -m; \(TunnelTests.start) & run=$!
                await test -p hold
                kill -INT -- -$run; wait $run
                """)
        #expect(run.status == 130)
        #expect(try gcloud.calls.last?.args.prefix(3) == ["compute", "instances", "delete"])
        #expect(try gcloud.run("ls instance").status != 0)
    }

    @Test func `a signal does not interrupt the deletion`() throws {
        let gcloud = try TunnelTests.gcloud(delete: "kill -TERM $PPID; rm instance", ssh: "")
        let run = try gcloud.run("\(TunnelTests.start) && [[ ! -e instance ]]")
        #expect(run.status == 0)
    }

    @Test(arguments: ["", "touch instance;"])
    func `a create that fails leaves nothing`(before: String) throws {
        let gcloud = try TunnelTests.gcloud(
            create: before
                + "echo 'ERROR: (gcloud) PERMISSION_DENIED: Required compute.instances.create' >&2; return 1",
            ssh: "")
        let run = try gcloud.run("\(TunnelTests.start); status=$?; [[ ! -e instance ]] && exit $status")
        #expect(run.status == 77 && run.words.contains("PERMISSION_DENIED"))
        #expect(!run.words.contains("may still be there"))
        #expect(try gcloud.calls.filter { $0.args.contains("delete") }.count == 1)
        #expect(try !gcloud.calls.contains { $0.args.contains("ssh") })
    }

    @Test func `who comes second leaves the instance to who made it meanwhile`() throws {
        let gcloud = try TunnelTests.gcloud(
            create:
                "touch instance; echo \"ERROR: (gcloud) The resource 'backfill-tunnel' already exists\" >&2; return 1",
            ssh: "")
        let run = try gcloud.run("\(TunnelTests.start); status=$?; [[ -e instance ]] && exit $status")
        #expect(run.status == 75 && run.words.contains("already exists; run the same command again"), "\(run.words)")
        #expect(try !gcloud.calls.contains { $0.args.contains("delete") })
    }

    @Test func `what a server says through the tunnel moves no cursor`() throws {
        let gcloud = try TunnelTests.gcloud(
            delete: "printf 'ERROR: \\033[2Jlater\\n' >&2; return 1",
            ssh: "printf 'banner \\033[2J\\302\\233 4033\\n' >&2; return 255")
        let run = try gcloud.run(TunnelTests.start)
        #expect(run.status == 77 && run.words.contains("banner  [2J   4033"), "\(run.words)")
        #expect(run.words.contains("may still be there: ERROR:  [2Jlater; run stop"))
        #expect(run.words.utf8.allSatisfy { $0 == 10 || (32...126).contains($0) })
    }

    @Test func `without curl test says what to install`() throws {
        let gcloud = try TunnelTests.gcloud(ssh: "")
        let run = try gcloud.run(
            """
            mkdir few; ln -s $(command -v bash dirname readlink) few; PATH=$PWD/few
            $scripts/development/api-gateway-tunnel.sh test --gateway gw.internal
            """)
        #expect(run.status == 78 && run.words.contains("curl: not on PATH; install the package curl"), "\(run.words)")
    }

    @Test func `what could not be deleted is said`() throws {
        let gcloud = try TunnelTests.gcloud(delete: "echo 'ERROR: (gcloud) UNAVAILABLE: later' >&2; return 1", ssh: "")
        let run = try gcloud.run(TunnelTests.start)
        #expect(run.status == 0)
        #expect(run.words.contains("backfill-tunnel: may still be there: ERROR: (gcloud) UNAVAILABLE: later; run stop"))
    }

    @Test func `an instance that is there is taken as it is, and left`() throws {
        let gcloud = try TunnelTests.gcloud(ssh: "")
        let run = try gcloud.run("touch instance; \(TunnelTests.start) && \(TunnelTests.start) && ls instance")
        #expect(run.lines == ["instance"])
        #expect(run.words.contains("unchanged; it stays when the tunnel is closed, stop deletes it"))
        #expect(try gcloud.calls.filter { $0.args.contains("ssh") }.count == 2)
        #expect(try !gcloud.calls.contains { $0.args.contains("create") || $0.args.contains("delete") })
    }

    @Test func `keep leaves the instance, stop deletes it, and a second stop finds nothing`() throws {
        let gcloud = try TunnelTests.gcloud(ssh: "")
        #expect(try gcloud.run("\(TunnelTests.start) --keep && ls instance").lines == ["instance"])
        let stop = "$scripts/development/api-gateway-tunnel.sh stop --project p --zone z-a"
        let dry = try gcloud.run("\(stop) --dry-run && ls instance")
        #expect(
            dry.lines == [
                "gcloud compute instances delete backfill-tunnel --project=p --zone=z-a --quiet", "instance",
            ])
        try gcloud.forget()
        let run = try gcloud.run("\(stop) && \(stop)")
        #expect(run.status == 0 && run.output.isEmpty)
        #expect(run.words.contains("backfill-tunnel: deleted\n") && run.words.contains("not there, nothing to stop\n"))
        #expect(try gcloud.calls.filter { $0.args.contains("delete") }.count == 1)
    }

    @Test(arguments: ["start", "stop"])
    func `somebody else's instance of that name is not touched`(action: String) throws {
        let gcloud = try TunnelTests.gcloud(label: "mine", ssh: "")
        let line = TunnelTests.start.replacing(" start ", with: " \(action) ")
        let run = try gcloud.run("touch instance; \(line); status=$?; ls instance; exit $status")
        #expect(run.status == 78 && run.words.contains("give another --name") && run.lines == ["instance"])
        #expect(try !gcloud.calls.contains { !["auth", "describe"].contains($0.args[0]) && $0.args[2] != "describe" })
    }

    @Test func `a machine that boots is asked again`() throws {
        let gcloud = try TunnelTests.gcloud(
            ssh: "echo x >>tries; (($(wc -l <tries) > 2)) || { echo 'failed to connect to backend' >&2; return 255; }")
        let run = try gcloud.run(TunnelTests.start)
        #expect(run.status == 0)
        #expect(try gcloud.calls.filter { $0.args.contains("ssh") }.count == 3)
        #expect(try gcloud.calls.filter { $0.args.contains("create") }.count == 1)
        #expect(try gcloud.calls.filter { $0.args.contains("delete") }.count == 1)
    }

    @Test(arguments: [
        ("Error while connecting [4033: 'not authorized'].", 77, 1, "roles/iap.tunnelResourceAccessor"),
        ("failed to connect to backend", 75, 20, "run the same command again later"),
    ])
    func `a machine that is never reached is deleted`(words: String, status: Int32, tries: Int, wayOut: String) throws {
        let gcloud = try TunnelTests.gcloud(ssh: "echo \"\(words)\" >&2; return 255")
        let run = try gcloud.run("\(TunnelTests.start); status=$?; [[ ! -e instance ]] && exit $status")
        #expect(run.status == status && run.words.contains(words) && run.words.contains(wayOut))
        #expect(try gcloud.calls.filter { $0.args.contains("ssh") }.count == tries)
    }

    @Test func `a port that is in use is said before anything is made`() throws {
        let server = ScriptedServer()
        let gcloud = try TunnelTests.gcloud(ssh: "")
        let run = try gcloud.run("port=\(server.port); \(TunnelTests.start)")
        #expect(run.status == 75 && run.words.contains("in use"))
        #expect(try !gcloud.calls.contains { $0.args.contains("create") })
    }

    @Test func `a dry run prints what would be run, and changes nothing`() throws {
        let gcloud = try TunnelTests.gcloud(ssh: "")
        let run = try gcloud.run("\(TunnelTests.start) --subnet s --dry-run; ls instance 2>&1")
        #expect(
            run.lines.prefix(3).map { $0.prefix(31) } == [
                "gcloud compute instances create", "gcloud compute ssh backfill-tun", "gcloud compute instances delete",
            ])
        #expect(run.lines[0].contains(" --subnet=s ") && run.lines[3].contains("No such file"))
        #expect(try gcloud.calls.count == 2)
    }

    @Test func `test prints the status of the gateway's answer`() throws {
        let gcloud = try TunnelTests.gcloud(ssh: "")
        let run = try gcloud.run(
            TunnelTests.waiting + """
                openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=gw.internal \
                    -addext subjectAltName=DNS:gw.internal 2>openssl.log
                openssl s_server -accept 127.0.0.1:0 -cert cert.pem -key key.pem -www >server.log 2>&1 & trap "kill $!" EXIT
                await grep -q ACCEPT server.log
                port=$(sed -n 's/^ACCEPT .*://p' server.log)
                unset CURL_CA_BUNDLE SSL_CERT_DIR; export HTTPS_PROXY=http://127.0.0.1:1
                test="$scripts/development/api-gateway-tunnel.sh test --gateway gw.internal --port $port --path /health"
                SSL_CERT_FILE=cert.pem $test; echo $?
                SSL_CERT_FILE=cert.pem ${test//gw.internal/another.internal}; echo $?
                $test; echo $?
                """)
        #expect(run.lines == ["200", "0", "77", "77"], "\(run.words)")
        #expect(try gcloud.calls.isEmpty)
        let closed = try gcloud.run(
            "$scripts/development/api-gateway-tunnel.sh test --gateway gw.internal --port $port")
        #expect(closed.status == 75 && closed.output.isEmpty)
    }

    @Test(arguments: [
        "", "open", "start", "start --project p --zone z", "start --gateway g --zone z", "stop --project p", "test",
        "start stop", "test --gateway 'a b'", "test --gateway g --port 65536", "test --gateway g --path x",
        "start --project p --zone z --gateway g --name 'x y'", "start --project p --zone z --gateway g --address x",
        "start --project p --zone z --gateway g --subnet -x",
    ])
    func `what is wrong on the command line is said before anything is asked`(options: String) throws {
        let gcloud = try TunnelTests.gcloud(ssh: "")
        let run = try gcloud.run("$scripts/development/api-gateway-tunnel.sh \(options)")
        #expect(run.status == 64 && run.output.isEmpty && run.words.hasPrefix("api-gateway-tunnel: "), "\(run.words)")
        #expect(try gcloud.calls.isEmpty)
    }

    @Test func `it explains itself`() throws {
        let gcloud = try TunnelTests.gcloud(ssh: "")
        let run = try gcloud.run("$scripts/development/api-gateway-tunnel.sh --help")
        #expect(run.status == 0 && run.lines.first?.hasPrefix("Usage: api-gateway-tunnel.sh start ") == true)
        #expect(run.lines.contains { $0.contains("1 US cent an hour") })
    }

    /// A gcloud that keeps one instance, with this label; each of the others is what it does then, in bash.
    private static func gcloud(
        label: String = "activity-backfill-tunnel", create: String = "touch instance", delete: String = "rm instance",
        ssh: String
    ) throws -> Gcloud {
        try Gcloud(
            answers: """
                absent() { echo "ERROR: (gcloud.compute) Could not fetch resource: - The resource was not found" >&2; }
                case "$1 $2 $3" in
                    'auth list '*) echo me@example.com ;;
                    *describe) [[ -e instance ]] && printf '\(label)\\tRUNNING\\n' || { absent; return 1; } ;;
                    *create) \(create) ;;
                    *delete) [[ -e instance ]] || { absent; return 1; }; \(delete) ;;
                    'compute ssh '*) \(ssh) ;;
                    *) return 1 ;;
                esac
                """, environment: ["port": "\(refusing.port)"])
    }

    /// A port on which nobody listens, and which nobody else gets.
    private static let refusing = RefusingPort()
}
