using System.Diagnostics;

namespace SandboxOperator.Sandboxes.Local.Limits;

/// <summary>Lets a command find the systemd of its user.</summary>
internal static class UserBus
{
    private static readonly string[] Names = ["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"];

    public static void Pass(ProcessStartInfo start)
    {
        foreach (var name in Names)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                start.Environment[name] = value;
            }
        }
    }
}
