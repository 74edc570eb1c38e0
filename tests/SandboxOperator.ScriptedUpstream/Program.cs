using System.Globalization;
using SandboxOperator.Testing.ScriptedUpstream;

// Serves until it is stopped; the first line of standard output is the URL. The port is the first argument, or free.
var port = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 0;
await using var server = await ScriptedUpstreamServer.StartAsync(port);
Console.WriteLine(server.Url.GetLeftPart(UriPartial.Authority));
await server.WaitAsync(CancellationToken.None);
