// Loopback only: CAP listens on all interfaces and knows no setting for it. Port 0 is any free one.
const cds = require('@sap/cds')

cds.on('bootstrap', app => {
  const listen = app.listen.bind(app)
  app.listen = port => listen(port, '127.0.0.1')
})
cds.on('listening', ({ server }) => console.log(`ready on port ${server.address().port}`))

module.exports = cds.server
