using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using SandboxOperator.Api.Agent;
using SandboxOperator.Sandboxes.Agents;
using SandboxOperator.Sandboxes.Local.Launching;
using SandboxOperator.Sandboxes.Local.Limits;
using SandboxOperator.Sandboxes.Local.Sessions;

namespace SandboxOperator.Sandboxes.Local;

/// <summary>Makes, starts, stops, adopts and deletes sandboxes. Knows nothing of who they are for.</summary>
internal sealed partial class Boxes(
    Installation installation,
    LocalSandboxOptions options,
    TimeProvider time,
    ILogger logger
)
{
    private static readonly TimeSpan Politeness = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan KillDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BurialDeadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AdoptionDeadline = TimeSpan.FromSeconds(5);

    private readonly AgentClientOptions _client = new() { LongestCall = options.CallTimeout };
    private readonly LimitValues _limits = LimitValues.Of(options);

    /// <summary>Makes a new sandbox and starts it.</summary>
    /// <exception cref="SandboxUnavailableException">It does not start.</exception>
    public async Task<Box> CreateAsync(CancellationToken cancellationToken)
    {
        var id = RandomNumberGenerator.GetHexString(8, lowercase: true);
        var folder = new SandboxFolder($"{installation.Sandboxes}/{id}");
        var record = new SandboxRecord
        {
            Id = id,
            Uid = installation.Users?.Choose(Random.Shared, TakenUsers()),
            VolumeId = RandomNumberGenerator.GetHexString(32, lowercase: true),
            CreatedAt = time.GetUtcNow(),
        };
        var box = new Box(folder, record, new ControlGroups(installation.Limits, id));
        try
        {
            folder.Create(record.Uid, Path.Combine(installation.Runtime, RuntimeFolder.Matplotlib));
            box.Update(record);
            await StartAsync(box, cancellationToken);
            return box;
        }
        catch
        {
            await DeleteAsync(box);
            throw;
        }
    }

    /// <summary>Starts a sandbox over the files it has.</summary>
    /// <exception cref="SandboxUnavailableException">It does not start.</exception>
    public async Task StartAsync(Box box, CancellationToken cancellationToken)
    {
        File.Delete(box.Folder.AgentSocket);
        box.Groups.Create(_limits);
        var started = time.GetTimestamp();
        using var child = Command.Start(CommandFor(box), UserBus.Pass);
        var process = SandboxProcess.Open(child.Id) ?? throw Unavailable(box, "its agent ended at once");
        try
        {
            box.Update(box.Record with { Process = process.Record });
            var client = new AgentClient(AgentConnections.OverUnixSocket(box.Folder.AgentSocket), _client, time);
            box.Agent = new RunningAgent(process, client, await ReadyAsync(box, process, client, cancellationToken));
        }
        catch
        {
            process.Signal(SandboxProcess.Kill);
            process.Dispose();
            await StopAsync(box);
            throw;
        }

        Log.Started(logger, box.Folder.Id, time.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <summary>Takes over the sandbox in a folder from the gateway that left it: running, stopped, or null when it is broken.</summary>
    public async Task<Box?> AdoptAsync(SandboxFolder folder)
    {
        var groups = new ControlGroups(installation.Limits, folder.Id);
        if (folder.Read() is not { } record)
        {
            await KillAllAsync(folder, uid: null, groups);
            await RemoveAsync(folder);
            return null;
        }

        var box = new Box(folder, record, groups);
        if (record.Process is { } known && SandboxProcess.Open(known) is { } process)
        {
            var client = new AgentClient(AgentConnections.OverUnixSocket(folder.AgentSocket), _client, time);
            try
            {
                using var deadline = new CancellationTokenSource(AdoptionDeadline, time);
                box.Agent = new RunningAgent(process, client, await client.GetStatusAsync(deadline.Token));
                Log.Adopted(logger, folder.Id);
                return box;
            }
            catch (Exception exception)
                when (exception is SandboxLostException or SandboxFileException or OperationCanceledException)
            {
                Log.NotAdopted(logger, folder.Id, exception);
                client.Dispose();
                process.Dispose();
            }
        }

        await StopAsync(box);
        return box;
    }

    /// <summary>Ends all processes of a sandbox; its files stay.</summary>
    public async Task StopAsync(Box box)
    {
        if (box.Agent is { } agent)
        {
            box.Agent = null;
            agent.Process.Signal(SandboxProcess.Terminate);
            if (!await agent.Process.WaitAsync(Politeness, time))
            {
                agent.Process.Signal(SandboxProcess.Kill);
            }

            agent.Dispose();
        }

        await KillAllAsync(box.Folder, box.Record.Uid, box.Groups);
        if (Directory.Exists(box.Folder.Path))
        {
            box.Update(box.Record with { Process = null });
        }
    }

    /// <summary>Ends all processes of a sandbox and deletes its files.</summary>
    public async Task DeleteAsync(Box box)
    {
        await StopAsync(box);
        await RemoveAsync(box.Folder);
    }

    /// <summary>Deletes what earlier gateways did not get to delete.</summary>
    public async Task EmptyTrashAsync()
    {
        foreach (var path in Directory.EnumerateDirectories(installation.Trash))
        {
            await EraseAsync(path);
        }
    }

    /// <summary>The sandboxes there are.</summary>
    public IEnumerable<SandboxFolder> Folders() =>
        Directory.EnumerateDirectories(installation.Sandboxes).Select(path => new SandboxFolder(path));

    private IReadOnlyList<string> CommandFor(Box box)
    {
        var inside = BubblewrapCommand.Build(
            options,
            installation.Host,
            box.Folder,
            installation.Runtime,
            installation.Environment
        );
        var agent = $"{installation.Runtime}/{RuntimeFolder.Agent}";
        var scoped = installation
            .Limits.Means.Where(means => means.Value == LimitMeans.SystemdScope)
            .Select(means => means.Key)
            .ToList();
        return DetachedCommand.Build(
            box.Folder.Log,
            box.Groups.Paths,
            scoped.Count > 0 ? _limits.Scope(scoped, ofUser: box.Record.Uid is null) : [],
            box.Record.Uid,
            ServeCommand.Build(options, box.Folder, agent, inside)
        );
    }

    private async Task<AgentStatus> ReadyAsync(
        Box box,
        SandboxProcess process,
        AgentClient client,
        CancellationToken cancellationToken
    )
    {
        var start = time.GetTimestamp();
        string? reason = null;
        while (!process.HasEnded)
        {
            if (time.GetElapsedTime(start) > options.StartTimeout)
            {
                throw Unavailable(box, $"it was not ready within {options.StartTimeout.TotalSeconds} s: {reason}");
            }

            if (File.Exists(box.Folder.AgentSocket))
            {
                try
                {
                    var status = await client.GetStatusAsync(cancellationToken);
                    if (status.Ready)
                    {
                        return status;
                    }

                    reason = status.NotReadyReason;
                }
                catch (SandboxLostException exception)
                {
                    reason = exception.Message;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), time, cancellationToken);
        }

        throw Unavailable(box, "its agent ended");
    }

    private static SandboxUnavailableException Unavailable(Box box, string why) =>
        new($"The sandbox did not start: {why}. It wrote last: {box.Folder.LastLog()}");

    private async Task KillAllAsync(SandboxFolder folder, uint? uid, ControlGroups groups)
    {
        var start = time.GetTimestamp();
        while (Leftovers.KillOnce(folder, uid, groups) || !groups.TryRemove())
        {
            if (time.GetElapsedTime(start) > KillDeadline)
            {
                Log.Survived(logger, folder.Id);
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), time);
        }

        // Nobody should find them who looks for what is left. Not all machines have a first process that buries the dead.
        start = time.GetTimestamp();
        while (Leftovers.AreUnburied(uid) && time.GetElapsedTime(start) < BurialDeadline)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), time);
        }
    }

    private async Task RemoveAsync(SandboxFolder folder)
    {
        // Renamed first: whatever happens then, no later start takes it for a sandbox.
        var trash = $"{installation.Trash}/{folder.Id}";
        if (Directory.Exists(folder.Path))
        {
            Directory.Move(folder.Path, trash);
            await EraseAsync(trash);
        }
    }

    private async Task EraseAsync(string path)
    {
        // Sandboxes may nest folders deeper than a path may be long, or take their own rights away: rm copes with the
        // first, chmod with the second.
        var patience = TimeSpan.FromMinutes(10);
        if (!(await Command.RunAsync(["rm", "-rf", "--one-file-system", "--", path], patience, time)).Succeeded)
        {
            await Command.RunAsync(["chmod", "-R", "u+rwX", "--", path], patience, time);
            var again = await Command.RunAsync(["rm", "-rf", "--one-file-system", "--", path], patience, time);
            if (!again.Succeeded)
            {
                Log.NotErased(logger, path, again.Output);
            }
        }
    }

    private HashSet<uint> TakenUsers() =>
        [
            .. Folders().Select(folder => folder.Read()?.Uid).OfType<uint>(),
            .. ProcessTable.All().Select(ProcessTable.User).OfType<uint>(),
        ];

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Sandbox {Sandbox} is ready after {Milliseconds} ms")]
        public static partial void Started(ILogger logger, string sandbox, double milliseconds);

        [LoggerMessage(LogLevel.Information, "Sandbox {Sandbox} of an earlier gateway is adopted")]
        public static partial void Adopted(ILogger logger, string sandbox);

        [LoggerMessage(LogLevel.Warning, "Sandbox {Sandbox} of an earlier gateway does not answer and is stopped")]
        public static partial void NotAdopted(ILogger logger, string sandbox, Exception exception);

        [LoggerMessage(LogLevel.Error, "Processes of sandbox {Sandbox} cannot be killed")]
        public static partial void Survived(ILogger logger, string sandbox);

        [LoggerMessage(LogLevel.Error, "The files of a sandbox in {Path} cannot be deleted: {Problem}")]
        public static partial void NotErased(ILogger logger, string path, string problem);
    }
}
