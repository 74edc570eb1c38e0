using SandboxOperator.Api.Agent;

namespace SandboxOperator.Sandboxes;

/// <summary>
/// One session's sandbox. Everything it answers is made by code that may be hostile: what implements this interface
/// has bounded it (line length, counts, sizes, deadlines) and checked file names; it is still not to be believed.
/// </summary>
public interface ISandbox
{
    /// <summary>The session as it stands now.</summary>
    SessionInfo Info { get; }

    /// <summary>How the way to it was opened. Who got it open already waited for none of that.</summary>
    SandboxOpening Opening { get; }

    /// <summary>
    /// Random at each start of the agent. Calls name it, and when it differs from that of the session's last call the
    /// variables are lost.
    /// </summary>
    string Incarnation { get; }

    /// <summary>
    /// Random, made with the working directory. When it differs from the one the caller placed files into, the
    /// directory is new and empty.
    /// </summary>
    string VolumeId { get; }

    /// <summary>
    /// Runs a call, or attaches to it, or replays it (see <see cref="CallRequest"/>). The enumeration ends after
    /// <see cref="CallDone"/>; a broken connection is re-attached to unseen, without events twice. Cancelling the token
    /// leaves the call running: use <see cref="InterruptAsync"/> to stop it.
    /// </summary>
    /// <exception cref="CallRefusedException">The agent refused: other incarnation, fenced epoch, id reused, busy.</exception>
    /// <exception cref="SandboxLostException">The sandbox went away; how the call ended is not known.</exception>
    /// <exception cref="SandboxUnavailableException">Its session's life could not be prolonged; nothing was run.</exception>
    IAsyncEnumerable<CallEvent> RunAsync(CallRequest request, CancellationToken cancellationToken);

    /// <summary>Interrupts a running call as Ctrl-C would, and kills the kernel when that does not help. Idempotent.</summary>
    Task InterruptAsync(string callId, CancellationToken cancellationToken);

    /// <summary>Writes a file, replacing an older one; atomic: readers see the old or the whole new one.</summary>
    /// <param name="path">Relative to the working directory.</param>
    /// <param name="content">The bytes, read to the end.</param>
    /// <param name="length">How many bytes there are, or null when unknown.</param>
    /// <param name="alias">A second name in the working directory that leads to the same file, or null.</param>
    /// <param name="cancellationToken">Ends the transfer; nothing is left behind.</param>
    /// <exception cref="SandboxFileException">Bad path, or the disk limit is reached.</exception>
    Task PutFileAsync(string path, Stream content, long? length, string? alias, CancellationToken cancellationToken);

    /// <summary>Opens a regular file for reading, or returns null when there is none of that path.</summary>
    Task<SandboxFile?> OpenFileAsync(string path, CancellationToken cancellationToken);

    /// <summary>The regular files in the working directory.</summary>
    Task<FileList> ListFilesAsync(CancellationToken cancellationToken);

    /// <summary>Deletes a file; does nothing when it is not there.</summary>
    Task DeleteFileAsync(string path, CancellationToken cancellationToken);

    /// <summary>What the agent says of itself.</summary>
    Task<AgentStatus> GetStatusAsync(CancellationToken cancellationToken);
}
