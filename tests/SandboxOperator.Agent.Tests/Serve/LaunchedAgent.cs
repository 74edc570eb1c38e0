using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using SandboxOperator.Agent.Tests.Init;
using SandboxOperator.Api.Agent;
using SandboxOperator.Testing;

namespace SandboxOperator.Agent.Tests.Serve;

/// <summary>The whole sandbox as it is: the native <c>serve</c>, which launches bubblewrap with init and Python in it.</summary>
internal sealed class LaunchedAgent : IAsyncDisposable
{
    private const int UserId = 61235;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder;
    private readonly Process _serve;
    private readonly AgentCaller _caller;
    private readonly ConcurrentQueue<string> _log = new();
    private int _calls;

    private LaunchedAgent(DirectoryInfo folder, Process serve)
    {
        (_folder, _serve) = (folder, serve);
        _serve.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _serve.BeginErrorReadLine();
        _caller = new AgentCaller(Socket, serve.WaitForExitAsync());
    }

    public HttpClient Http => _caller.Http;

    /// <summary>The socket that <c>serve</c> listens on.</summary>
    public string Socket => Path.Combine(_folder.FullName, "agent");

    /// <summary>What <c>serve</c> has logged.</summary>
    public string Log => string.Join('\n', _log);

    /// <param name="inside">What runs as process 1 of the sandbox instead of init; null: init.</param>
    /// <param name="python">What init starts.</param>
    public static async Task<LaunchedAgent> StartAsync(string[]? inside = null, string python = SandboxCommand.Python)
    {
        var agent = await AgentBinary.PathAsync();
        var folder = Directory.CreateTempSubdirectory("sandbox-");
        foreach (var name in new[] { "data", "tmp", "socket", "state" })
        {
            SandboxCommand.Open(folder.CreateSubdirectory(name).FullName);
        }

        SandboxCommand.Open(folder.FullName);
        var at = folder.FullName;
        string[] launched = inside is null
            ? SandboxCommand.Inside(at, UserId, agent, python)
            : [.. SandboxCommand.Bubblewrap(at, UserId, agent), .. inside];
        string[] command =
        [
            .. SandboxCommand.AsUser(UserId),
            .. $"{agent} serve --socket {at}/agent --kernel-socket {at}/{SandboxCommand.KernelSocket}".Split(' '),
            .. $"--data {at}/data --state {at}/state --scratch {at}/tmp --launch --".Split(' '),
            .. launched,
        ];
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        return new LaunchedAgent(folder, Process.Start(start)!);
    }

    public Task<AgentStatus> StatusAsync(Predicate<AgentStatus> wanted) => _caller.StatusAsync(wanted);

    /// <summary>Starts code; its events come with the answer.</summary>
    public Task<HttpResponseMessage> StartCallAsync(string code) =>
        _caller.PostAsync($"call-{++_calls}", code, incarnation: null, epoch: 0);

    /// <summary>Runs code to its end.</summary>
    public async Task<List<CallEvent>> RunAsync(string code) =>
        await RunningAgent.EventsAsync(await StartCallAsync(code));

    /// <summary>The names of the files in the working directory.</summary>
    public IEnumerable<string> Files() => _folder.GetDirectories("data")[0].EnumerateFiles().Select(file => file.Name);

    /// <summary>Sends <c>serve</c> a signal.</summary>
    public async Task SignalAsync(string signal)
    {
        var id = _serve.Id.ToString(CultureInfo.InvariantCulture);
        using var kill = Process.Start("kill", [$"-{signal}", id]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for the end of <c>serve</c> and returns its exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        await _serve.WaitForExitAsync(deadline.Token);
        return _serve.ExitCode;
    }

    /// <summary>All that <c>serve</c> has started and what that has started, in the order of their birth.</summary>
    public List<Process> Descendants()
    {
        var parents = Directory
            .EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0)
            .Select(pid => (Pid: pid, Parent: ParentOf(pid)))
            .OrderBy(process => process.Pid)
            .ToList();
        var family = new List<int> { _serve.Id };
        for (var i = 0; i < family.Count; i++)
        {
            family.AddRange(parents.Where(process => process.Parent == family[i]).Select(process => process.Pid));
        }

        return [.. family.Skip(1).Select(Process.GetProcessById)];
    }

    public async ValueTask DisposeAsync()
    {
        if (!_serve.HasExited)
        {
            await SignalAsync("TERM");
        }

        await ExitAsync();
        _caller.Dispose();
        _serve.Dispose();
        _folder.Delete(recursive: true);
    }

    private static int ParentOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 1)..].Split(' ')[2], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // it has ended meanwhile
        }
    }
}
