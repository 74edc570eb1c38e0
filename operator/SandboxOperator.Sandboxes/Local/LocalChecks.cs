using SandboxOperator.Sandboxes.Local.Launching;

namespace SandboxOperator.Sandboxes.Local;

/// <summary>Says what this machine has for sandboxes, what it lacks and what to type then.</summary>
internal sealed class LocalChecks(LocalSandboxOptions options, TimeProvider time) : IDisposable
{
    /// <summary>What to type when programs are missing.</summary>
    public const string Install = "Type `sudo runtime-image/install-local`.";

    private const string Libraries = """
        import importlib.util, sys
        names = ["IPython", "matplotlib_inline"] + [name.split(".")[0] for name in sys.argv[1].split(",") if name]
        print(" ".join(name for name in names if importlib.util.find_spec(name) is None))
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1);
    private IReadOnlyList<SandboxCheck> _last = [];
    private DateTimeOffset _lastAt = DateTimeOffset.MinValue;

    /// <summary>
    /// The machine's programs. They are run to find out, so an answer is good for half a minute, however often
    /// somebody asks.
    /// </summary>
    public async ValueTask<IReadOnlyList<SandboxCheck>> MachineAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (time.GetUtcNow() - _lastAt > Fresh)
            {
                _last = [await BubblewrapAsync(), await PythonAsync(), await NamespacesAsync()];
                _lastAt = time.GetUtcNow();
            }

            return _last;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<SandboxCheck> BubblewrapAsync()
    {
        var result = await Command.RunAsync([options.BubblewrapPath, "--version"], Patience, time);
        return new SandboxCheck("bubblewrap", result.Succeeded, Detail(result, Install));
    }

    private async Task<SandboxCheck> PythonAsync()
    {
        var result = await Command.RunAsync(
            [options.PythonPath, "-I", "-c", Libraries, options.Preload],
            Patience,
            time
        );
        return result switch
        {
            { Succeeded: false } => new SandboxCheck("python", Ok: false, Detail(result, Install)),
            { Output.Length: > 0 } => new SandboxCheck(
                "python",
                Ok: false,
                $"missing modules: {result.Output}. {Install}"
            ),
            _ => new SandboxCheck("python", Ok: true, options.PythonPath),
        };
    }

    private async Task<SandboxCheck> NamespacesAsync()
    {
        string[] trial =
        [
            options.BubblewrapPath,
            "--unshare-all",
            "--unshare-user",
            "--ro-bind",
            "/",
            "/",
            "/bin/true",
        ];
        string[] user = Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--no-new-privs"]
            : [];
        var result = await Command.RunAsync([.. user, .. trial], Patience, time);
        return new SandboxCheck("user namespaces", result.Succeeded, Detail(result, Allow()));
    }

    private static string Detail(CommandResult result, string remedy) =>
        result.Succeeded
            ? (result.Output.Length > 0 ? result.Output : "available")
            : $"{result.Output.TrimEnd('.')}. {remedy}";

    // Each way a distribution forbids them has its own switch.
    private static string Allow() =>
        IsSet("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1")
            ? "Type `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`."
        : IsSet("/proc/sys/kernel/unprivileged_userns_clone", "0")
            ? "Type `sudo sysctl -w kernel.unprivileged_userns_clone=1`."
        : IsSet("/proc/sys/user/max_user_namespaces", "0") ? "Type `sudo sysctl -w user.max_user_namespaces=10000`."
        : "This container forbids user namespaces: start it with `--security-opt seccomp=unconfined --security-opt apparmor=unconfined`.";

    private static bool IsSet(string path, string value) =>
        File.Exists(path) && string.Equals(File.ReadAllText(path).Trim(), value, StringComparison.Ordinal);
}
