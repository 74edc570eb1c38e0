using Microsoft.Win32.SafeHandles;
using SandboxOperator.Sandboxes.Local.Sessions;

namespace SandboxOperator.Sandboxes.Local.Launching;

/// <summary>A process held by a descriptor, so that signals reach it and never one that got its id later.</summary>
internal sealed class SandboxProcess : IDisposable
{
    public const int Terminate = 15;
    public const int Kill = 9;

    private readonly SafeFileHandle _handle;

    private SandboxProcess(ProcessRecord record, SafeFileHandle handle)
    {
        Record = record;
        _handle = handle;
    }

    public ProcessRecord Record { get; }

    public bool HasEnded => Native.HasEnded((int)_handle.DangerousGetHandle());

    /// <summary>The process that has this id now; null when there is none.</summary>
    public static SandboxProcess? Open(int pid)
    {
        if (Native.OpenProcess(pid) is not { } descriptor)
        {
            return null;
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        // Read after opening: were it another process by now, the descriptor's would have ended.
        if (ProcessTable.StartTicks(pid) is { } ticks && !Native.HasEnded(descriptor))
        {
            return new SandboxProcess(new ProcessRecord(pid, ticks), handle);
        }

        handle.Dispose();
        return null;
    }

    /// <summary>The recorded process; null when it has ended.</summary>
    public static SandboxProcess? Open(ProcessRecord record)
    {
        var process = Open(record.Pid);
        if (process is null || process.Record == record)
        {
            return process;
        }

        process.Dispose();
        return null;
    }

    public void Signal(int signal) => Native.Signal((int)_handle.DangerousGetHandle(), signal);

    /// <summary>Waits for its end; false when it took longer.</summary>
    public async Task<bool> WaitAsync(TimeSpan longest, TimeProvider time)
    {
        var start = time.GetTimestamp();
        while (!HasEnded)
        {
            if (time.GetElapsedTime(start) > longest)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), time);
        }

        return true;
    }

    public void Dispose() => _handle.Dispose();
}
