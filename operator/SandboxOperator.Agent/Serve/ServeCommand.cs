using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using SandboxOperator.Agent.Serve.Calls;
using SandboxOperator.Agent.Serve.Files;
using SandboxOperator.Agent.Serve.Http;
using SandboxOperator.Agent.Serve.Kernels;
using SandboxOperator.Agent.Serve.Streams;

namespace SandboxOperator.Agent.Serve;

/// <summary><c>sandbox-agent serve</c>: the agent's HTTP API, outside of the sandbox.</summary>
internal static partial class ServeCommand
{
    private const int Failure = 1;
    private static readonly TimeSpan s_stopDeadline = TimeSpan.FromSeconds(2);

    public static int Run(string[] args)
    {
        var options = ServeOptions.Parse(args);
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            RunAsync(options, TimeProvider.System, stop.Token).GetAwaiter().GetResult();
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"sandbox-agent: {e.Message}");
            return Failure;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>Serves until cancelled, or until idle for too long.</summary>
    /// <exception cref="IOException">A directory or socket cannot be used.</exception>
    public static async Task RunAsync(ServeOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        // 1. What must work before anybody connects.
        using var directory = new WorkingDirectory(options.Data, options.Scratch, options.DiskBytes, options.Files);
        using var book = new CallBook(options.State);
        await using var app = Build(options, time, directory, book);
        var runner = app.Services.GetRequiredService<CallRunner>();
        var logger = app.Services.GetRequiredService<ILogger<AgentHttp>>();

        // 2. Serve.
        using var stopKernel = new CancellationTokenSource();
        var kernel = app.Services.GetRequiredService<KernelSide>().RunAsync(runner, stopKernel.Token);
        await app.StartAsync(cancellationToken);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive); // an idle sandbox gives back what its start took
        var idle = IdleWatch.WaitAsync(runner, options.IdleTimeout, time, cancellationToken);
        await Task.WhenAny(idle, kernel);

        // 3. Stop: nothing runs any more, then nobody listens any more.
        runner.Close("the sandbox was stopped; variables are lost");
        await stopKernel.CancelAsync();
        await kernel;
        using var deadline = new CancellationTokenSource(s_stopDeadline);
        await app.StopAsync(deadline.Token);
        File.Delete(options.KernelSocket);

        // 4. An unused sandbox's files are gone with it.
        if (idle.IsCompletedSuccessfully)
        {
            Log.Idle(logger);
            foreach (var path in options.Scratch.Prepend(options.Data))
            {
                TreeRemover.Empty(path);
            }
        }
    }

    private static WebApplication Build(
        ServeOptions options,
        TimeProvider time,
        WorkingDirectory directory,
        CallBook book
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddSimpleConsole(c => c.SingleLine = true).AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(c =>
            c.LogToStandardErrorThreshold = LogLevel.Trace
        );
        builder
            .Services.AddSingleton<IHostLifetime, NoLifetime>()
            .AddSingleton(options)
            .AddSingleton(time)
            .AddSingleton(directory)
            .AddSingleton(book)
            .AddSingleton<CallRunner>()
            .AddSingleton<KernelSide>()
            .AddSingleton<StatusEndpoint>()
            .AddSingleton<CallEndpoints>()
            .AddSingleton<FileEndpoints>()
            .AddSingleton<AgentHttp>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));
        builder.Services.AddSingleton<IConnectionListenerFactory, StreamTransport>();
        var app = builder.Build();
        app.Run(app.Services.GetRequiredService<AgentHttp>().HandleAsync);
        return app;
    }

    private static void Configure(KestrelServerOptions kestrel, ServeOptions options)
    {
        kestrel.AddServerHeader = false;
        foreach (var areGiven in new[] { false, true })
        {
            kestrel.Listen(new StreamEndPoint(options.Socket, areGiven), l => l.Protocols = HttpProtocols.Http1);
        }

        // Connections stay for as long as the client wants; a transfer that stands still does not.
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromDays(1);
        kestrel.Limits.MaxConcurrentConnections = 100;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(100, TimeSpan.FromSeconds(30));
        kestrel.Limits.MinResponseDataRate = new MinDataRate(100, TimeSpan.FromSeconds(30));

        // A file may be as long as the disk limit allows; other bodies have their own bound.
        kestrel.Limits.MaxRequestBodySize = null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "No call for too long: the sandbox ends and its files are deleted")]
        public static partial void Idle(ILogger logger);
    }
}
