using SandboxOperator.Gateway.Hosting;

return await GatewayProgram.RunAsync(args);
