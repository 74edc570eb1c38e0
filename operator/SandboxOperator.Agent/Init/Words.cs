using System.Globalization;

namespace SandboxOperator.Agent.Init;

/// <summary>What the model reads when something went wrong, as pure functions.</summary>
internal static class Words
{
    private const string VariablesLost = "variables are lost";

    /// <summary>Bytes in the largest unit that keeps the number whole: <c>512 MiB</c>, <c>2 GiB</c>.</summary>
    public static string Size(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var unit = 0;
        while (bytes >= 1024 && bytes % 1024 == 0 && unit < units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes} {units[unit]}");
    }

    /// <summary>A kernel that init has killed.</summary>
    public static string Killed(KillReason reason, InitOptions options, TimeSpan callTimeout) =>
        reason switch
        {
            KillReason.Memory => $"killed: out of memory ({Size(options.MemoryBytes)}); {VariablesLost}",
            KillReason.Processes => $"killed: too many processes (limit {options.Processes}); {VariablesLost}",
            KillReason.Disk => $"killed: disk full (limit {Size(options.DiskBytes)}); {VariablesLost}; "
                + $"delete files under {Places(options)} before writing more",
            KillReason.Files =>
                $"killed: too many files (limit {options.Files}, in folders nested at most {DiskUsage.MaxDepth} deep); "
                    + $"{VariablesLost}; "
                    + $"delete files under {Places(options)} before writing more",
            KillReason.Timeout =>
                $"killed: took longer than {Seconds(callTimeout)} and did not stop when interrupted; {VariablesLost}",
            KillReason.Interrupt => $"killed: did not stop when interrupted; {VariablesLost}",
            KillReason.Control =>
                $"killed: the code broke the connection that the kernel is controlled by; {VariablesLost}",
            _ => $"killed; {VariablesLost}",
        };

    /// <summary>A kernel that ended without init's doing, by its status as <c>waitpid</c> gives it; null: unknown.</summary>
    public static string Ended(int? waitStatus) =>
        waitStatus switch
        {
            null => $"killed: the kernel's process is gone; {VariablesLost}",
            var status when (status & 0x7F) == 0 =>
                $"killed: the code ended its own process with exit code {(status >> 8) & 0xFF}; {VariablesLost}",
            var status => $"killed: {Signal(status.Value & 0x7F)}; {VariablesLost}",
        };

    /// <summary>A call that was interrupted at its time limit and stopped.</summary>
    public static string TimedOut(TimeSpan timeout) =>
        $"stopped: took longer than {Seconds(timeout)}; variables are kept";

    private static string Seconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");

    private static string Places(InitOptions options) =>
        string.Join(" or ", options.Scratch.Prepend(options.Data).Distinct(StringComparer.Ordinal));

    private static string Signal(int number) =>
        number switch
        {
            4 => "illegal instruction (SIGILL)",
            6 => "aborted (SIGABRT)",
            7 => "bus error (SIGBUS)",
            8 => "arithmetic error (SIGFPE)",
            9 => "by signal 9 (SIGKILL), which the code itself or the machine's memory limit sends",
            11 => "segmentation fault (SIGSEGV)",
            15 => "by signal 15 (SIGTERM)",
            25 => "a file grew over the disk limit (SIGXFSZ)",
            31 => "forbidden system call (SIGSYS)",
            _ => string.Create(CultureInfo.InvariantCulture, $"by signal {number}"),
        };
}
