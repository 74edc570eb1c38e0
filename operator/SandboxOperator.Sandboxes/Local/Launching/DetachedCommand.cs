using System.Globalization;

namespace SandboxOperator.Sandboxes.Local.Launching;

/// <summary>
/// Wraps a command so that it outlives the gateway and has none of its privileges: joined to its control groups, in a
/// session of its own, as its own user, its output appended to a log.
/// </summary>
internal static class DetachedCommand
{
    // $1 is the log, then control groups up to "--", then the command. Joining comes before privileges are dropped.
    private const string Script = """
        umask 077
        ulimit -c 0
        exec </dev/null >>"$1" 2>&1
        shift
        while [ "$1" != -- ]; do
            echo 0 >"$1/cgroup.procs" || exit 126
            shift
        done
        shift
        exec "$@"
        """;

    public static IReadOnlyList<string> Build(
        string log,
        IEnumerable<string> groups,
        IReadOnlyList<string> scope,
        uint? uid,
        IReadOnlyList<string> command
    )
    {
        string[] user = uid is { } id ? AsUser(id.ToString(CultureInfo.InvariantCulture)) : [];
        return ["/bin/sh", "-c", Script, "sandbox", log, .. groups, "--", .. scope, "setsid", .. user, .. command];
    }

    private static string[] AsUser(string id) =>
        [
            "setpriv",
            "--reuid",
            id,
            "--regid",
            id,
            "--clear-groups",
            "--no-new-privs",
            "--bounding-set=-all",
            "--inh-caps=-all",
        ];
}
