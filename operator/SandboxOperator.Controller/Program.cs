using SandboxOperator.Controller.Generate;
using SandboxOperator.Controller.Hosting;
using SandboxOperator.Controller.Installation;

return args switch
{
    ["generate", .. var rest] => GenerateCommand.Run(rest, Console.Out, Console.Error),
    ["apply" or "drain", ..] => await InstallationCommands.RunAsync(args, Console.Out, Console.Error),
    ["run", .. var rest] => await ControllerProgram.RunAsync(rest),
    [] or [['-', '-', ..], ..] => await ControllerProgram.RunAsync(args),
    _ => await ControllerProgram.UsageAsync(),
};
