using System.Globalization;

namespace SandboxOperator.Agent.Init;

/// <summary>The process that has imported the libraries and forks kernels on request.</summary>
internal sealed unsafe class Zygote(InitOptions options)
{
    private const int ControlInChild = 3;
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short NewSession = 0x80;
    private const int StructBytes = 1024;

    /// <summary>0 while it does not run.</summary>
    public int Pid { get; private set; }

    /// <summary>Readable when it has something to say, or has ended.</summary>
    public int Control { get; private set; } = -1;

    /// <summary>
    /// Starts it with no open descriptor but its control socket, and with nothing of init's signal mask; false when there
    /// is no room for a process now.
    /// </summary>
    /// <exception cref="IOException">It can never be started.</exception>
    public bool Start()
    {
        var (ours, theirs) = Descriptors.SocketPair();
        var actions = stackalloc byte[StructBytes];
        var attributes = stackalloc byte[StructBytes];
        var none = stackalloc ulong[16];
        var all = stackalloc ulong[16];
        _ = Native.EmptySignalSet(none);
        _ = Native.EmptySignalSet(all);
        for (var signal = 1; signal < 32; signal++)
        {
            _ = Native.AddSignal(all, signal);
        }

        _ = Native.InitActions(actions);
        _ = Native.AddOpen(actions, 0, "/dev/null", 0, 0);
        _ = Native.AddDuplicate(actions, theirs, ControlInChild);
        _ = Native.InitAttributes(attributes);
        _ = Native.SetSpawnFlags(attributes, SetSignalDefaults | SetSignalMask | NewSession);
        _ = Native.SetSpawnSignalMask(attributes, none);
        _ = Native.SetSpawnSignalDefaults(attributes, all);
        int pid;
        var error = Native.Spawn(
            &pid,
            options.Python,
            actions,
            attributes,
            Descriptors.Strings(Arguments()),
            Descriptors.Strings(Environment())
        );
        _ = Native.DestroyActions(actions);
        _ = Native.DestroyAttributes(attributes);
        Descriptors.Close(theirs);
        if (error != 0)
        {
            Descriptors.Close(ours);
            if (error is Native.ErrorAgain or Native.ErrorNoMemory)
            {
                return false;
            }

            throw new IOException($"{options.Python} cannot be started: error {error}");
        }

        Descriptors.SetNonBlocking(ours);
        Pid = pid;
        Control = ours;
        return true;
    }

    /// <summary>Asks for a kernel, which comes once the libraries are imported; null when the zygote is gone.</summary>
    public KernelProcess? RequestKernel()
    {
        var (control, theirControl) = Descriptors.SocketPair();
        var (stdout, theirStdout) = Descriptors.Pipe(OutputPipe.PipeBytes);
        var (stderr, theirStderr) = Descriptors.Pipe(OutputPipe.PipeBytes);
        Descriptors.SetNonBlocking(control);
        var sent = Descriptors.SendWithDescriptors(
            Control,
            "{\"type\":\"fork\"}\n"u8,
            [theirControl, theirStdout, theirStderr]
        );
        Descriptors.Close(theirControl);
        Descriptors.Close(theirStdout);
        Descriptors.Close(theirStderr);
        var kernel = new KernelProcess(control, stdout, stderr);
        if (sent)
        {
            return kernel;
        }

        kernel.Dispose();
        return null;
    }

    /// <summary>Reads what it says; false when it has closed its socket.</summary>
    public bool Read()
    {
        Span<byte> buffer = stackalloc byte[256];
        return Descriptors.Read(Control, buffer) != 0;
    }

    /// <summary>Closes our side of its socket, so that it is not read again.</summary>
    public void CloseControl()
    {
        Descriptors.Close(Control);
        Control = -1;
    }

    /// <summary>Forgets it, after it has ended.</summary>
    public void Ended()
    {
        CloseControl();
        Pid = 0;
    }

    private string[] Arguments() =>
        [
            options.Python,
            "-IB",
            "-X",
            "utf8",
            options.Kernel,
            "--data",
            options.Data,
            "--preload",
            options.Preload,
            "--cpus",
            options.Cpus.ToString(CultureInfo.InvariantCulture),
            "--memory-bytes",
            options.MemoryBytes.ToString(CultureInfo.InvariantCulture),
            "--tasks",
            options.Tasks.ToString(CultureInfo.InvariantCulture),
            "--file-bytes",
            options.DiskBytes.ToString(CultureInfo.InvariantCulture),
        ];

    private string[] Environment()
    {
        var python = Path.GetDirectoryName(options.Python);
        return
        [
            $"PATH={(python is "/usr/bin" or "/bin" ? "" : python + ":")}/usr/local/bin:/usr/bin:/bin",
            $"HOME={options.Home}",
            $"TMPDIR={options.Temporary}",
            $"MPLCONFIGDIR={options.Home}/.config/matplotlib",
            "LANG=C.UTF-8",
            "USER=sandbox",
            "LOGNAME=sandbox",
            "TERM=dumb",
            "NO_COLOR=1",
            "PYTHONDONTWRITEBYTECODE=1",
        ];
    }
}
