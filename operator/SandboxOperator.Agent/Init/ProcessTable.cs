using System.Buffers.Text;
using System.Globalization;

namespace SandboxOperator.Agent.Init;

/// <summary>The sandbox's processes, as <c>/proc</c> shows them.</summary>
internal static unsafe class ProcessTable
{
    private const int Passes = 200;
    private const int LongestWait = 2000;
    private const int NameOffset = 19;

    // Smaller ones need at most a 512th of it for their page tables.
    private const long LargeMappings = 512 << 20;
    private static readonly long PageBytes = Environment.SystemPageSize;
    private static readonly int Load = Native.Open("/proc/loadavg", Native.CloseOnExec);

    private static ReadOnlySpan<byte> SocketsUsed => "sockets: used "u8;

    /// <summary>Every process, init included.</summary>
    public static void List(List<int> pids)
    {
        pids.Clear();
        var descriptor = Native.Open("/proc", Native.CloseOnExec);
        var directory = descriptor < 0 ? 0 : Native.OpenDirectory(descriptor);
        if (directory == 0)
        {
            Descriptors.Close(descriptor);
            return;
        }

        while (Native.ReadDirectory(directory) is var entry && entry != null)
        {
            var name = System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(
                entry + NameOffset
            );
            if (Utf8Parser.TryParse(name, out int pid, out var used) && used == name.Length)
            {
                pids.Add(pid);
            }
        }

        _ = Native.CloseDirectory(directory);
    }

    /// <summary>
    /// Resident bytes, shared pages counted in full, and page tables: cheap to ask, hardly ever too low. 0 when it is gone.
    /// </summary>
    public static long MemoryBytes(int pid)
    {
        var (mapped, resident) = Pages(pid);
        return (resident * PageBytes) + (mapped * PageBytes < LargeMappings ? 0 : PageTableBytes(pid));
    }

    /// <summary>Resident bytes, shared pages counted in full. 0 when it is gone.</summary>
    public static long ResidentBytes(int pid) => Pages(pid).Resident * PageBytes;

    /// <summary>Memory that the system needs to map a process's memory: much, if that is large, even for empty pages.</summary>
    public static long PageTableBytes(int pid)
    {
        Span<byte> buffer = stackalloc byte[2048];
        return Kibibytes(Descriptors.ReadFile(Path(pid, "status"), buffer), "\nVmPTE:"u8) << 10 ?? 0;
    }

    /// <summary>Sockets in the network namespace, which is the sandbox's own.</summary>
    public static long Sockets()
    {
        Span<byte> buffer = stackalloc byte[512];
        var text = Descriptors.ReadFile("/proc/net/sockstat", buffer);
        return text.StartsWith(SocketsUsed) && Utf8Parser.TryParse(text[SocketsUsed.Length..], out long used, out _)
            ? used
            : 0;
    }

    /// <summary>Resident bytes with shared pages divided among who shares them; null when that is not to be seen.</summary>
    public static long? ProportionalBytes(int pid)
    {
        Span<byte> buffer = stackalloc byte[2048];
        return Kibibytes(Descriptors.ReadFile(Path(pid, "smaps_rollup"), buffer), "\nPss:"u8) << 10;
    }

    /// <summary>
    /// Kills everything but init and the one process to keep, in passes until no process is new, because what is being
    /// killed may be forking; then waits a moment for the dying. What outruns that is killed in one stroke, the kept
    /// process with it.
    /// </summary>
    public static void KillAllBut(int keep)
    {
        var pids = new List<int>();
        var killed = new HashSet<int>();
        for (var pass = 0; pass < Passes; pass++)
        {
            if (!KillNew(pids, killed, keep))
            {
                WaitForEnd(pids, killed);
                return;
            }
        }

        _ = Native.Kill(-1, Native.SignalKill);
    }

    /// <summary>True when it is still there and not merely waiting for its parent to take notice of its end.</summary>
    public static bool IsAlive(int pid) => State(pid) is not null;

    /// <summary>What it does, in the system's letters: R runs, S waits; null when it has ended.</summary>
    public static char? State(int pid)
    {
        Span<byte> buffer = stackalloc byte[512];
        var text = Descriptors.ReadFile(Path(pid, "stat"), buffer);
        var state = text.LastIndexOf((byte)')') + 2;
        return state < text.Length && text[state] is not ((byte)'Z' or (byte)'X') ? (char)text[state] : null;
    }

    /// <summary>
    /// How many processes and threads were ever started here, by the latest number that one was given; null when that is
    /// not to be seen.
    /// </summary>
    public static long? Started()
    {
        Span<byte> buffer = stackalloc byte[128];
        var text = Descriptors.ReadAgain(Load, buffer).TrimEnd((byte)'\n');
        return Utf8Parser.TryParse(text[(text.LastIndexOf((byte)' ') + 1)..], out long latest, out _) && latest > 0
            ? latest
            : null;
    }

    private static (long Mapped, long Resident) Pages(int pid)
    {
        Span<byte> buffer = stackalloc byte[128];
        var text = Descriptors.ReadFile(Path(pid, "statm"), buffer);
        return
            Utf8Parser.TryParse(text, out long mapped, out var used)
            && Utf8Parser.TryParse(text[(used + 1)..], out long resident, out _)
            ? (mapped, resident)
            : default;
    }

    private static long? Kibibytes(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        var at = text.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(text[(at + name.Length)..].TrimStart(" \t"u8), out long number, out _)
            ? number
            : null;
    }

    private static bool KillNew(List<int> pids, HashSet<int> killed, int keep)
    {
        List(pids);
        var found = false;
        foreach (var pid in pids)
        {
            if (pid > 1 && pid != keep && Native.Kill(pid, Native.SignalKill) == 0)
            {
                found |= killed.Add(pid);
            }
        }

        return found;
    }

    private static void WaitForEnd(List<int> pids, HashSet<int> killed)
    {
        for (var wait = 0; wait < LongestWait && pids.Exists(pid => killed.Contains(pid) && IsAlive(pid)); wait++)
        {
            _ = Native.Poll(null, 0, 1);
        }
    }

    private static string Path(int pid, string file) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}");
}
