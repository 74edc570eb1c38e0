using SandboxOperator.Sandboxes.Local.Limits;

namespace SandboxOperator.Sandboxes.Local.Launching;

/// <summary>Finds and kills what is left of a sandbox, whoever started it.</summary>
internal static class Leftovers
{
    /// <summary>Kills every process that belongs to a sandbox; false when there was none.</summary>
    public static bool KillOnce(SandboxFolder folder, uint? uid, ControlGroups groups)
    {
        var found = false;
        var grouped = groups.Processes().ToHashSet();
        foreach (var pid in ProcessTable.All())
        {
            if (!Belongs(pid, folder, uid, grouped))
            {
                continue;
            }

            // Opened, then looked at again: the id may be another process's by now.
            using var process = SandboxProcess.Open(pid);
            if (process is not null && Belongs(pid, folder, uid, groups.Processes()))
            {
                process.Signal(SandboxProcess.Kill);
                found = true;
            }
        }

        return found;
    }

    /// <summary>Whether processes that have ended are still in the process table, where their parents have not looked yet.</summary>
    public static bool AreUnburied(uint? uid) =>
        uid is not null && ProcessTable.All().Any(pid => ProcessTable.User(pid) == uid);

    // A user id that no one else has, or a group that no one else is in, or the folder's socket named as an argument.
    private static bool Belongs(int pid, SandboxFolder folder, uint? uid, IEnumerable<int> grouped) =>
        pid != Environment.ProcessId
        && !ProcessTable.IsZombie(pid)
        && (
            grouped.Contains(pid)
            || (uid is not null && ProcessTable.User(pid) == uid)
            || ProcessTable.Arguments(pid).Contains(folder.AgentSocket, StringComparer.Ordinal)
        );
}
